import { ChaosError, ruleText, sentenceOf } from '@chaos-lite/shared'
import type { RevertOutcome } from '../engine/index.ts'
import { EXIT, type ExitCode, type Terminal } from '../world.ts'

/** What came of rolling one record back, for people. */
export function linesOf(outcome: RevertOutcome): string[] {
  const { action, recordId, restoration, compared, kept, byHand } = outcome
  const count = `${compared.length} ${compared.length === 1 ? 'item' : 'items'} compared`
  const differing = compared.filter((each) => !each.same)
  return [
    `${action} (${recordId}): ${restoration}, ${count}`,
    ...differing.map((each) => `  not the same: ${each.item}: was ${each.before}, is ${each.now}`),
    ...kept.map((each) => `  kept: ${each}`),
    ...(byHand === null ? [] : [`  DO THIS BY HAND: ${byHand}`]),
  ]
}

/** Is the host as it should be after these? Somebody else's change that was kept is not our failure. */
export function isBack(outcome: RevertOutcome): boolean {
  return outcome.restoration === 'identical' || outcome.restoration === 'ours undone'
}

/** Says why a command could not run, in the form asked for. */
export function sayError(thrown: unknown, json: boolean, terminal: Terminal): ExitCode {
  const code = thrown instanceof ChaosError ? thrown.code : 'internal'
  const rule = thrown instanceof ChaosError ? thrown.rule : null
  const reason = sentenceOf(thrown)
  if (json) terminal.out(JSON.stringify({ ok: false, code, reason, rule }))
  else {
    terminal.err(`chaos-lite-agent: ${reason}`)
    if (rule !== null) terminal.err(`  ${ruleText(rule)}`)
  }
  return EXIT.couldNotRun
}
