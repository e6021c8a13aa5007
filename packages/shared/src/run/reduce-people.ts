import type { ControllerEvent } from './event.ts'
import { anomaly, append, replaceFirst } from './list.ts'
import type { Run } from './run.ts'

type Of<T extends ControllerEvent['type']> = Extract<ControllerEvent, { type: T }>

function ask(run: Run, event: Of<'question.asked'>, ms: number): Run {
  const { stepId, text, of, untilMs } = event
  const planned = run.plan?.steps.find((step) => step.stepId === stepId)
  if (planned?.kind !== 'ask') return anomaly(run, `The plan has no question ${stepId}.`, ms)
  if (run.questions.some((one) => one.stepId === stepId)) {
    return anomaly(run, `The question ${stepId} was asked a second time; the first time counts.`, ms)
  }
  return append(run, 'questions', { stepId, text, of, expect: planned.expect, askedMs: ms, untilMs, answer: null })
}

/** A question is asked or answered. The first answer counts; what came later is kept as an anomaly. */
export function takeQuestion(run: Run, event: Of<'question.asked' | 'question.answered'>, ms: number): Run {
  if (event.type === 'question.asked') return ask(run, event, ms)
  const { stepId, answer, by, note } = event
  const open = run.questions.find((one) => one.stepId === stepId)
  if (open === undefined) return anomaly(run, `${by} answered ${stepId}, which was not asked.`, ms)
  if (open.answer !== null)
    return anomaly(run, `${by} answered ${stepId} again: ${answer}. The first answer counts.`, ms)
  const questions = replaceFirst(
    run.questions,
    (one) => one.stepId === stepId,
    (one) => ({ ...one, answer: { answer, by, note, ms } }),
  )
  return { ...run, questions }
}

/** An alert is awaited or has come. The first one counts. */
export function takeAlert(run: Run, event: Of<'alert.awaited' | 'alert.received'>, ms: number): Run {
  const alerts = replaceFirst(
    run.alerts,
    (one) => one.stepId === event.stepId,
    (one) => {
      if (event.type === 'alert.awaited') return { ...one, awaitedMs: one.awaitedMs ?? ms }
      return { ...one, received: one.received ?? { ms, via: event.via, by: event.by } }
    },
  )
  return alerts === run.alerts ? anomaly(run, `The plan has no alert ${event.stepId}.`, ms) : { ...run, alerts }
}
