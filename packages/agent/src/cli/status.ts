import { untilText } from '../journal/index.ts'
import { EXIT, type ExitCode, type Terminal, type World } from '../world.ts'

/** What is open on this host. */
export async function status(world: World, options: { readonly json: boolean }, terminal: Terminal): Promise<ExitCode> {
  await using agent = await world.agent()
  const { records, unreadable, halted } = await agent.engine.standings()
  const stuck = records.filter((record) => record.state === 'stuck')
  const ok = unreadable.length === 0 && stuck.length === 0
  if (options.json) {
    const open = records.map(({ head, state, stuckReason, folder }) => ({
      recordId: head.recordId,
      runId: head.runId,
      stepId: head.stepId,
      action: head.action,
      state,
      stuckReason,
      revertByWallMs: head.revertByWallMs,
      touches: head.touches,
      folder,
    }))
    terminal.out(JSON.stringify({ ok, halted, open, unreadable }))
    return ok ? EXIT.ok : EXIT.failed
  }
  if (halted) terminal.out(`HALTED by ${world.paths.haltFile}`)
  if (records.length === 0 && unreadable.length === 0) terminal.out('Nothing is open: this host is as it was.')
  for (const record of records) {
    const { head, state, stuckReason, folder } = record
    const until = untilText(record, agent.host.clock.wallMs())
    terminal.out(`${head.action} (${head.recordId}): ${state}, ${until}`)
    for (const key of head.touches) terminal.out(`  touches ${key}`)
    if (stuckReason !== null) terminal.out(`  STUCK: ${stuckReason}. Follow ${folder}/UNDO.txt`)
  }
  for (const { reason } of unreadable) terminal.out(`UNREADABLE: ${reason}`)
  return ok ? EXIT.ok : EXIT.failed
}
