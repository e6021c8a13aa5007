import type { Run, RunAlert } from '@chaos-lite/shared'

/** Has the run come to a question or an alert? Their panel stands from then on. */
export function involvesPeople(run: Run): boolean {
  return run.questions.length > 0 || run.alerts.some((alert) => alert.awaitedMs !== null)
}

/** Is somebody waited for now? Not before their card can be shown: an empty panel would only push the page about. */
export function waitsForPeople(run: Run): boolean {
  if (run.phase === 'ended') return false
  const waits = (stepId: string) => run.steps.some((step) => step.stepId === stepId && step.state === 'started')
  return (
    run.questions.some((one) => one.answer === null && waits(one.stepId)) ||
    run.alerts.some((one) => one.awaitedMs !== null && one.received === null && waits(one.stepId))
  )
}

/** Its time is over, and its failure still in place: an alert that comes now is recorded, as one that came late. */
export function alertMayBeLate(run: Run, { stepId, awaitedMs, received }: RunAlert): boolean {
  if (awaitedMs === null || received !== null || run.aborts.length > 0) return false
  const isOver = run.steps.some((step) => step.stepId === stepId && step.state === 'ended')
  return isOver && !['reverting', 'verifying', 'ended'].includes(run.phase)
}

/** As whom the controller notes what arrived at the alert address. */
const ALERT_ADDRESS = 'alert address'

/** What arrived last at the alert address and did not count, while an alert is waited for; null: nothing. */
export function uncountedMessage(run: Run): string | null {
  if (run.alerts.every((one) => one.received !== null)) return null
  const notes = run.observations.filter(({ by, note }) => by === ALERT_ADDRESS && !note.startsWith('The alert from '))
  return notes.at(-1)?.note ?? null
}
