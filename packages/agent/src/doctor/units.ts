import type { Host } from '../host/index.ts'

/** The units that the installer writes, and how each must stand. */
export const UNITS = {
  early: 'chaos-lite-recover-early.service',
  recover: 'chaos-lite-recover.service',
  earlyKept: 'chaos-lite-recover-early-kept.service',
  recoverKept: 'chaos-lite-recover-kept.service',
  socket: 'chaos-lite-agent.socket',
  root: 'chaos-lite-agent.service',
  link: 'chaos-lite-link.service',
} as const

const ASKED = [
  ...['Id', 'LoadState', 'LoadError', 'UnitFileState', 'ActiveState', 'SubState', 'Result'],
  ...['NeedDaemonReload', 'FragmentPath', 'DropInPaths', 'User', 'MainPID', 'ActiveEnterTimestamp'],
] as const
const TOOL_MS = 10_000

/** A unit as systemd describes it now. */
export type Unit = Readonly<Record<(typeof ASKED)[number], string>>

/** The question, for the report. */
export const SHOW = 'systemctl show'

/** Asks systemd for all of the agent's units at once. @throws when it does not answer */
export async function askUnits(host: Pick<Host, 'run'>): Promise<ReadonlyMap<string, Unit>> {
  const argv = ['systemctl', 'show', `--property=${ASKED.join(',')}`, '--', ...Object.values(UNITS)] as const
  const { code, stdout, stderr } = await host.run(argv, { timeoutMs: TOOL_MS })
  if (code !== 0) throw new Error(`systemctl show ended with ${code}: ${stderr.trim()}`)
  const units = stdout.split(/\n\n+/).map((block) => {
    const given = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), afterEquals(line)]))
    return Object.fromEntries(ASKED.map((name) => [name, given.get(name) ?? ''])) as Unit
  })
  return new Map(units.map((unit) => [unit.Id, unit]))
}

/** `ActiveState (SubState)`, as `systemctl status` shows it. */
export function stateOf({ ActiveState, SubState }: Unit): string {
  return `${ActiveState} (${SubState})`
}

function afterEquals(line: string): string {
  return line.slice(line.indexOf('=') + 1)
}
