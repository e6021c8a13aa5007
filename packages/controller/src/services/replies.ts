import { ChaosError, expectedAlert, type Run, type Ulid } from '@chaos-lite/shared'
import { InOrder } from './in-order.ts'
import type { RunBook } from './run-book.ts'

/** What a person answers to a question of a run; null as note: nothing besides. */
export interface Answer {
  readonly answer: 'yes' | 'no' | 'partly'
  readonly note: string | null
}

interface Deps {
  readonly book: Pick<RunBook, 'record'>
  /** Throws `wrong-state` for a run that is not under way. */
  readonly runUnderWay: (runId: Ulid) => Run
}

/**
 * Records what people and monitoring systems reply to a run. Replies to one run are taken one after another, so that each
 * is checked against what the one before has recorded.
 */
export class Replies {
  readonly #deps: Deps
  readonly #inOrder = new InOrder()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Throws `not-found` for a question that was not asked, `wrong-state` for one that has its answer. */
  answer(runId: Ulid, stepId: string, answer: Answer, by: string): Promise<void> {
    return this.#inOrder.run(runId, async () => {
      const question = this.#deps.runUnderWay(runId).questions.find((one) => one.stepId === stepId)
      if (question === undefined) throw new ChaosError('not-found', `The run has not asked a question ${stepId}.`)
      if (question.answer !== null)
        throw new ChaosError('wrong-state', `${question.answer.by} has answered this question already.`)
      await this.#deps.book.record({ type: 'question.answered', runId, stepId, ...answer, by })
    })
  }

  /** Records the first one; the alert was seen already when others come. */
  acknowledge(runId: Ulid, stepId: string, by: string, via: 'webhook' | 'person'): Promise<void> {
    return this.#inOrder.run(runId, async () => {
      const alert = expectedAlert(this.#deps.runUnderWay(runId), stepId)
      if (alert.received === null) await this.#deps.book.record({ type: 'alert.received', runId, stepId, via, by })
    })
  }
}
