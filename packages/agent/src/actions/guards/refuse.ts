import { basename } from 'node:path'
import type { Host, ProcessView, UnitFacts } from '../../host/index.ts'
import { refusal, refuseProtectedService, ruleOfProgram, within } from '../../protected/index.ts'
import { refuseLastDirectory } from './directories.ts'
import { type Surroundings, startsSsh, surroundingsOf } from './surroundings.ts'

/** Why something is protected: the rule, and the fact that was found. */
interface Protecting {
  readonly rule: string
  readonly fact: string
}

/**
 * Refuses units that the host, the way into it, or its safety hangs on, by what they are: their programs, sockets and
 * processes, those that start them, and who is connected through them. The name comes first, because it is quick.
 * @throws ChaosError `policy-refused`
 */
export async function refuseProtectedUnits(host: Host, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  for (const name of names) refuseProtectedService(name)
  const around = await surroundingsOf(host)
  const known = await host.guards.units(names)
  for (const name of names) {
    const facts = known.find((each) => each.names.includes(name)) ?? bare(name)
    const met = await protectingUnit(around, facts)
    if (met !== null)
      throw refusal(met.rule, `${name} belongs to ${met.rule}: ${met.fact}. It is protected on every host.`)
    const within = around.views.filter(({ units }) => units.includes(facts.name)).map(({ program }) => program)
    await refuseLastDirectory(host, name, [...facts.programs, ...within])
  }
}

/** Refuses processes by what they are, and by the unit that they belong to. @throws ChaosError `policy-refused` */
export async function refuseProcessesByFacts(host: Host, views: readonly ProcessView[]): Promise<void> {
  if (views.length === 0) return
  const around = await surroundingsOf(host)
  const units = new Map<string, Protecting | null>()
  for (const view of views) {
    const who = `Process ${view.pid} (${view.name})`
    const met = (await protectingProcess(around, view)) ?? (await byUnit(around, view, units))
    if (met !== null)
      throw refusal(met.rule, `${who} belongs to ${met.rule}: ${met.fact}. It is protected on every host.`)
    await refuseLastDirectory(host, who, [view.program, view.name])
  }
}

async function byUnit(around: Surroundings, view: ProcessView, judged: Map<string, Protecting | null>) {
  const unit = view.units.at(-1)
  if (unit === undefined || !unit.endsWith('.service')) return null
  if (!judged.has(unit)) {
    const [facts = bare(unit)] = await around.host.guards.units([unit])
    judged.set(unit, await protectingUnit(around, facts))
  }
  return judged.get(unit) ?? null
}

async function protectingUnit(around: Surroundings, unit: UnitFacts): Promise<Protecting | null> {
  for (const alias of unit.names) refuseProtectedService(alias)
  const program = await startsSsh(around.host, unit)
  if (program !== null) return { rule: 'SSH', fact: `it starts ${program}, an SSH server` }
  for (const each of unit.programs) {
    if (isOwnProgram(around.host, each)) return { rule: 'the agent itself', fact: `it starts ${each}` }
    const rule = ruleOfProgram(each)
    if (rule !== null) return { rule, fact: `it starts ${each}` }
  }
  for (const view of around.views.filter(({ units }) => units.includes(unit.name))) {
    const met = await protectingProcess(around, view)
    if (met !== null) return { rule: met.rule, fact: `in it runs process ${view.pid} (${view.name}), and ${met.fact}` }
  }
  const sockets = around.socketUnits.filter(({ name }) => unit.triggeredBy.includes(name) || unit.names.includes(name))
  for (const { name, listens } of sockets) {
    for (const { port } of listens) {
      const why = around.sshPorts.get(port)
      if (why !== undefined) return { rule: 'SSH', fact: `${name} listens on port ${port}, and ${why}` }
      if (around.linkPorts.has(port)) return { rule: link, fact: `${name} listens on port ${port} of the link` }
    }
  }
  return null
}

/** The agent's executable, and whatever lies in its folders, such as the copies that roll back. */
function isOwnProgram({ own, guards }: Host, path: string): boolean {
  return guards.isOwnProgram(path) || /^chaos-lite/.test(basename(path)) || own.paths.some((each) => within(path, each))
}

const link = 'the link to the controller'

async function protectingProcess(around: Surroundings, view: ProcessView): Promise<Protecting | null> {
  const { pid, program, name, own } = view
  if (own) return { rule: 'the agent itself', fact: 'it is the agent, or belongs to how it was started' }
  if (around.sshPids.has(pid)) return { rule: 'SSH', fact: `it runs ${program || name}, an SSH server` }
  const rule = ruleOfProgram(program) ?? ruleOfProgram(name)
  if (rule !== null) return { rule, fact: `it runs ${program || name}` }
  for (const { local, remote, pid: holder } of around.sockets) {
    if (holder !== pid || remote !== null) continue
    const why = around.sshPorts.get(local.port)
    if (why !== undefined) return { rule: 'SSH', fact: `it listens on port ${local.port}, and ${why}` }
    if (around.linkPorts.has(local.port))
      return { rule: link, fact: `it listens on port ${local.port}, by which the agent reaches the controller` }
  }
  const session = around.sessions.find(({ socket }) => socket.pid === pid)
  if (session !== undefined) {
    return { rule: session.rule, fact: `somebody at ${session.socket.remote.address} is connected through it now` }
  }
  if (await around.host.guards.watchesFiles(pid)) {
    return { rule: 'security software', fact: 'it watches what others do with files (fanotify)' }
  }
  return null
}

function bare(name: string): UnitFacts {
  return { name, names: [name], programs: [], triggeredBy: [], triggers: [], listens: [] }
}
