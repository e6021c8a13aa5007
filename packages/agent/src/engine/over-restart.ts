import type { Action } from '../actions/index.ts'

/** For the plan, the approval and UNDO.txt: what becomes of the failure when the host is restarted meanwhile. */
export function restartSentences({
  overRestart,
  bootPhase,
}: Pick<Action, 'overRestart' | 'bootPhase'>): readonly string[] {
  if (overRestart === undefined) return []
  const when = bootPhase === 'early' ? 'before services start' : 'once services can be started'
  const said = {
    stays: 'It outlasts a restart of the host; the boot puts it back',
    ends: 'A restart of the host ends it by itself; what is left to do the boot does',
    'as set up': "Whether it outlasts a restart of the host, the host's own set-up decides; the boot puts it back",
  }
  return [`${said[overRestart]}, ${when}.`]
}
