import type { Run } from '@chaos-lite/shared'
import type { Api } from './api.ts'

export type Answer = 'yes' | 'no' | 'partly'

/** What people and the monitoring system do in the course of a run. */
export type People = {
  /** By step: what is answered as soon as it is asked, or looked at first. A question that is not named stays unanswered. */
  answers?: Record<string, Answer | (() => Promise<Answer>)>
  /** Called as soon as an alert is awaited; without it a person acknowledges. null: nobody notices. */
  onAlert?: ((stepId: string) => Promise<void>) | null
}

/** Acts on each new state of a run: every question and alert is met once. */
export class Bystanders {
  readonly #api: Api
  readonly #people: People
  readonly #done = new Set<string>()
  readonly #acts: Promise<unknown>[] = []

  constructor(api: Api, people: People) {
    this.#api = api
    this.#people = people
  }

  meet(runId: string, run: Run): void {
    for (const { stepId, answer } of run.questions) {
      const said = this.#people.answers?.[stepId]
      if (answer !== null || said === undefined || !this.#first(stepId)) continue
      this.#acts.push(this.#answer(runId, stepId, said))
    }
    for (const { stepId, awaitedMs, received } of run.alerts) {
      if (awaitedMs === null || received !== null || this.#people.onAlert === null || !this.#first(stepId)) continue
      const acknowledge = () => this.#api.post(`runs/${runId}/acknowledge/${stepId}`)
      this.#acts.push((this.#people.onAlert ?? acknowledge)(stepId))
    }
  }

  /** Rejects with the first act that failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#acts)
  }

  async #answer(runId: string, stepId: string, said: Answer | (() => Promise<Answer>)): Promise<void> {
    const answer = typeof said === 'string' ? said : await said()
    await this.#api.post(`runs/${runId}/answers/${stepId}`, { answer, note: `said ${answer} at the drill` })
  }

  #first(stepId: string): boolean {
    if (this.#done.has(stepId)) return false
    this.#done.add(stepId)
    return true
  }
}
