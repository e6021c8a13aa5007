import { isIP } from 'node:net'
import { addressOf, isLoopback } from '@chaos-lite/shared/address'
import type { Host, OwnedSocket, ProcessView, UnitFacts } from '../../host/index.ts'
import { isRemoteDesk, ruleOfProgram } from '../../protected/index.ts'

/** A person's connection to this host from another machine. */
export interface Session {
  readonly socket: OwnedSocket & { readonly remote: NonNullable<OwnedSocket['remote']> }
  /** Such as `SSH`: by what it is carried. */
  readonly rule: string
  /** Such as `sshd-session, process 812`. */
  readonly who: string
}

/** One look at what protections hang on. */
export interface Surroundings {
  readonly host: Host
  readonly views: readonly ProcessView[]
  readonly sockets: readonly OwnedSocket[]
  readonly socketUnits: readonly UnitFacts[]
  /** SSH servers and their sessions among the processes. */
  readonly sshPids: ReadonlySet<number>
  /** Ports by which SSH is reached, each with what says so. */
  readonly sshPorts: ReadonlyMap<number, string>
  readonly sessions: readonly Session[]
  /** Ports on this host itself by which the agent reaches the controller (a proxy, a tunnel, the controller). */
  readonly linkPorts: ReadonlySet<number>
}

const usualSshPort = 22
const lookupMs = 5_000

/**
 * Reads all at one time what guards judge by: processes, sockets, SSH sessions, and ports of the connection to the
 * controller.
 */
export async function surroundingsOf(host: Host): Promise<Surroundings> {
  const { guards, processes } = host
  const [views, sockets, socketUnits] = await Promise.all([
    processes.views(),
    processes.sockets(),
    guards.socketUnits(),
  ])
  const sshPids = await sshAmong(host, views, sockets)
  const own = await ownAddresses(host)
  const sshPorts = await portsOfSsh(host, { sockets, socketUnits, sshPids, views })
  const sessions = sessionsAmong({ views, sockets, sshPids, own })
  const linkPorts = await linkPortsHere(host, views, sockets, own)
  return { host, views, sockets, socketUnits, sshPids, sshPorts, sessions, linkPorts }
}

/** Is this an address of this host itself? */
export function isLocal(address: string, own: ReadonlySet<string>): boolean {
  return isLoopback(address.toLowerCase()) || own.has(plainAddress(address))
}

/** By the name of the program, and of those that have a TCP socket by their bytes. */
async function sshAmong(host: Host, views: readonly ProcessView[], sockets: readonly OwnedSocket[]) {
  const connected = new Set(sockets.map(({ pid }) => pid))
  const found = new Set<number>()
  for (const { pid, name, program, kernel, agent } of views) {
    if (kernel || agent === true) continue
    const byName = ruleOfProgram(program) === 'SSH' || ruleOfProgram(name) === 'SSH'
    if (byName || (connected.has(pid) && pid !== 1 && (await host.guards.isSshServer(pid)))) found.add(pid)
  }
  return found
}

/** Does the program that a unit starts serve SSH? */
export async function startsSsh(host: Host, { programs }: Pick<UnitFacts, 'programs'>): Promise<string | null> {
  for (const program of programs) {
    if (ruleOfProgram(program) === 'SSH' || (await host.guards.isSshServer(program))) return program
  }
  return null
}

/** The usual port even where no server is seen, because one may be started at any time. */
async function portsOfSsh(
  host: Host,
  seen: Pick<Surroundings, 'sockets' | 'socketUnits' | 'sshPids' | 'views'>,
): Promise<ReadonlyMap<number, string>> {
  const ports = new Map<number, string>()
  const note = (port: number, why: string) => void (ports.has(port) || ports.set(port, why))
  for (const { pid, local, remote } of seen.sockets) {
    if (remote !== null || !seen.sshPids.has(pid)) continue
    note(
      local.port,
      `${seen.views.find((view) => view.pid === pid)?.name ?? 'SSH'}, process ${pid}, listens on port ${local.port}`,
    )
  }
  for (const unit of seen.socketUnits) {
    const started = await host.guards.units(unit.triggers)
    const programs = await Promise.all(started.map((each) => startsSsh(host, each)))
    const program = programs.find((each) => each !== null)
    const byName = program === undefined && /^(?:ssh|sshd|dropbear)(?:@.*)?\.socket$/.test(unit.name)
    if (program === undefined && !byName) continue
    for (const { port } of unit.listens) note(port, `${unit.name} listens on port ${port} for ${program ?? 'SSH'}`)
  }
  for (const port of await host.guards.sshPorts()) note(port, `the settings of sshd name port ${port}`)
  note(usualSshPort, `port ${usualSshPort} is that of SSH`)
  return ports
}

function sessionsAmong(seen: {
  readonly views: readonly ProcessView[]
  readonly sockets: readonly OwnedSocket[]
  readonly sshPids: ReadonlySet<number>
  readonly own: ReadonlySet<string>
}): readonly Session[] {
  const { views, sockets, sshPids, own } = seen
  const names = new Map(views.map((view) => [view.pid, view]))
  const desks = new Set(
    views.filter(({ program, name }) => isRemoteDesk(program) || isRemoteDesk(name)).map(({ pid }) => pid),
  )
  const sessions: Session[] = []
  const add = (socket: OwnedSocket, rule: string) => {
    const { pid, remote } = socket
    if (remote === null) return
    sessions.push({ socket: { ...socket, remote }, rule, who: `${names.get(pid)?.name ?? '?'}, process ${pid}` })
  }
  for (const socket of sockets) {
    const rule = sshPids.has(socket.pid) ? 'SSH' : desks.has(socket.pid) ? 'a way in that is used now' : null
    if (rule === null || socket.remote === null) continue
    if (!isLocal(socket.remote.address, own)) add(socket, rule)
    else for (const outer of carriersOf(socket, sockets, own)) add(outer, rule)
  }
  return sessions
}

/** Who stands between: a session from this host itself comes through another program, whose own connections carry it. */
function carriersOf(
  socket: OwnedSocket,
  sockets: readonly OwnedSocket[],
  own: ReadonlySet<string>,
): readonly OwnedSocket[] {
  const between = sockets.filter(
    ({ remote, local }) =>
      remote?.port === socket.local.port &&
      local.port === socket.remote?.port &&
      remote.address === socket.local.address,
  )
  return sockets.filter(
    ({ pid, remote }) =>
      remote !== null &&
      !isLocal(remote.address, own) &&
      between.some((each) => each.pid === pid && pid !== socket.pid),
  )
}

async function linkPortsHere(
  host: Host,
  views: readonly ProcessView[],
  sockets: readonly OwnedSocket[],
  own: ReadonlySet<string>,
): Promise<ReadonlySet<number>> {
  const agents = new Set(views.filter(({ agent }) => agent === true).map(({ pid }) => pid))
  const wanted = new Set((host.own.links ?? []).map(({ port }) => port))
  const connected = sockets.filter(
    ({ pid, remote }) => agents.has(pid) && remote !== null && wanted.has(remote.port) && isLocal(remote.address, own),
  )
  const ports = new Set(connected.flatMap(({ remote }) => remote?.port ?? []))
  for (const { host: name, port } of host.own.links ?? []) {
    const limit = AbortSignal.timeout(lookupMs)
    const addresses = isIP(name) === 0 ? await host.resolver.lookup(name, limit).catch(() => []) : [name]
    if (addresses.some((address) => isLocal(address, own))) ports.add(port)
  }
  return ports
}

/** The addresses of this host's interfaces in plain form; empty where they cannot be listed. */
async function ownAddresses({ network }: Pick<Host, 'network'>): Promise<ReadonlySet<string>> {
  const all = await network.list().catch(() => [])
  return new Set(all.flatMap(({ bare }) => bare.map(plainAddress)))
}

/** One way to write an address, without its zone; a name stays as it is. */
function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '')
  return addressOf(bare)?.toString() ?? bare
}
