import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { type Offer, sentenceOf } from '@chaos-lite/shared'
import type { Failsafe } from '../failsafe/failsafe.ts'
import type { Host } from '../host/host.ts'
import { codeOf } from '../journal/durable.ts'
import type { Journal } from '../journal/journal.ts'
import type { Paths } from '../paths.ts'
import type { HostPolicy } from '../policy/index.ts'
import { clockProbe } from '../probes/clock.ts'
import type { LocalDefinitions } from '../probes/probe.ts'
import { oneLine } from '../probes/text.ts'
import type { Catalogue } from './catalogue.ts'
import { bad, type Finding, good, note } from './findings.ts'
import { offersOf } from './offers.ts'
import { lookAtPolicy } from './policy-findings.ts'
import { lookForTools } from './tools.ts'

export interface DoctorOptions {
  readonly host: Host
  readonly policy: HostPolicy
  readonly paths: Paths
  readonly catalogue: Catalogue
  readonly local: LocalDefinitions
  readonly failsafe?: Failsafe
  readonly journal?: Pick<Journal, 'list'>
  /** Reads the identity; throws when it cannot be used, null when this host was never enrolled. */
  readonly identity?: () => Promise<{ readonly hostId: string; readonly controllerUrl: string } | null>
  /** What the running agent says of its link, where one could be asked. */
  readonly link?: { readonly connected: boolean; readonly text: string }
}

export interface DoctorReport {
  readonly findings: readonly Finding[]
  readonly offers: readonly Offer[]
  /** 0: nothing is wrong. 1: something is. What the policy does not allow is nobody's fault. */
  readonly exitCode: 0 | 1
}

/** Says what this host can and cannot do, why, and which line would allow it. Reads only; never throws. */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const { host, policy, paths, catalogue } = options
  const capabilities = await host.capabilities()
  const findings: Finding[] = [
    ...(await safely('journal', () => lookAtJournal(options))),
    ...lookAtFailsafe(options.failsafe),
    ...(await safely('halt file', async () => lookAtHalt(await host.files.exists(paths.haltFile), paths))),
    ...lookAtPolicy(policy, paths),
    ...(await safely('identity', () => lookAtIdentity(options))),
    ...(await safely('clock', () => lookAtClock(options))),
    ...[...capabilities].map(([name, { has, why }]) =>
      has ? good(`can do ${name}`, why) : note(`can do ${name}`, why),
    ),
    ...(await safely('programs', () => lookForTools(host))),
  ]
  const exitCode = findings.some(({ state }) => state === 'bad') ? 1 : 0
  return { findings, offers: offersOf(catalogue, capabilities, policy), exitCode }
}

async function lookAtJournal({ journal, paths }: DoctorOptions): Promise<Finding[]> {
  const room = await hasRoom(paths.state)
  if (journal === undefined) return room
  const { records, unreadable } = await journal.list()
  const damaged = unreadable.map(({ path, reason }) =>
    bad('journal', `${path} cannot be read: ${reason}`, 'keep it, and follow UNDO.txt in that folder by hand'),
  )
  const stuck = records
    .filter(({ state }) => state === 'stuck')
    .map(({ head, folder, stuckReason }) =>
      bad('journal', `${head.action} is stuck: ${stuckReason ?? 'no reason kept'}`, `follow ${folder}/UNDO.txt`),
    )
  const open = records.length - stuck.length
  const text = open === 0 ? 'readable, nothing is open' : `readable, ${open} failure(s) in place now`
  return [...room, ...damaged, ...stuck, ...(damaged.length === 0 ? [good('journal', text)] : [])]
}

async function hasRoom(state: string): Promise<Finding[]> {
  try {
    await access(state, constants.R_OK | constants.W_OK)
    return []
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return [note('journal', `${state} does not exist yet`)]
    return [bad('journal', `${state} cannot be written: ${sentenceOf(thrown)}`, 'run as root, or free some space')]
  }
}

function lookAtFailsafe(failsafe: Failsafe | undefined): Finding[] {
  if (failsafe === undefined) return [bad('safety timer', 'there is none', 'install the agent with its installer')]
  const text = failsafe.describe()
  if (failsafe.survives === 'reboot') return [good('safety timer', text)]
  return [
    note(
      'safety timer',
      `${text} A restart of the machine is not covered: what is held then stays until the agent is started again`,
      'where systemd runs, install the agent with its installer; elsewhere start "chaos-lite-agent run" at boot: it puts back first',
    ),
  ]
}

function lookAtHalt(halted: boolean, { haltFile }: Paths): Finding[] {
  if (!halted) return []
  return [
    bad('halt file', `${haltFile} is there: nothing is started on this host`, `remove ${haltFile} when you are done`),
  ]
}

async function lookAtIdentity({ identity, link }: DoctorOptions): Promise<Finding[]> {
  if (identity === undefined) return []
  const known = await identity()
  if (known === null) return [note('identity', 'not enrolled at any controller', 'chaos-lite-agent enrol')]
  const found = [good('identity', `${known.hostId} at ${known.controllerUrl}`)]
  if (link === undefined) return found
  return [...found, link.connected ? good('link', link.text) : bad('link', link.text)]
}

async function lookAtClock({ host, local }: DoctorOptions): Promise<Finding[]> {
  const seen = await clockProbe.look({ host, local, mayRead: () => false, signal: AbortSignal.timeout(10_000) }, {})
  if (!seen.evaluated) return [note('clock', seen.message)]
  const { synchronised, source, offsetMs } = seen.value
  if (synchronised === true)
    return [good('clock', `synchronised with ${source}, off by ${offsetMs ?? 'an unknown number of'} ms`)]
  return [note('clock', seen.message ?? 'not synchronised', 'times of this host in a record may be off')]
}

/** A part of the report that fails is itself a finding. */
async function safely(subject: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (thrown) {
    return [bad(subject, oneLine(sentenceOf(thrown), 512))]
  }
}
