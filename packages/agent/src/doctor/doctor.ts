import { type Offer, sentenceOf, utcText } from '@chaos-lite/shared'
import type { LocalDefinitions } from '../definitions/index.ts'
import type { Failsafe } from '../failsafe/index.ts'
import type { Host } from '../host/index.ts'
import type { KeptIdentity } from '../identity/index.ts'
import type { Journal } from '../journal/index.ts'
import type { Locker } from '../lock/index.ts'
import { enrolAgain } from '../net/index.ts'
import type { Paths } from '../paths.ts'
import type { HostPolicy } from '../policy-file/index.ts'
import { clockProbe } from '../probes/index.ts'
import { oneLine } from '../text/index.ts'
import type { Catalogue } from './catalogue.ts'
import { lookAtFailsafe, lookAtTimers } from './failsafe.ts'
import { answersTo, type Finding } from './findings.ts'
import { lookAtInstallation } from './installation.ts'
import { lookAtFolder, lookAtKeptCopy, lookAtRecords } from './journal.ts'
import { lookAtLink } from './link.ts'
import { lookAtLock } from './lock.ts'
import { offersOf } from './offers.ts'
import { lookAtPolicy } from './policy-findings.ts'
import { lookForTools } from './tools.ts'
import { askUnits, SHOW, UNITS } from './units.ts'

/** What the diagnosis looks at. It changes nothing on the host. */
export interface DoctorOptions {
  readonly host: Host
  readonly policy: HostPolicy
  readonly paths: Paths
  readonly catalogue: Catalogue
  readonly local: LocalDefinitions
  readonly journal: Pick<Journal, 'list'>
  readonly locker: Locker
  /** Reads the identity; throws when it cannot be used, null when this host was never enrolled. */
  readonly identity: () => Promise<Pick<KeptIdentity, 'hostId' | 'controllerUrl' | 'enrolledMs'> | null>
  readonly failsafe?: Failsafe
  /** Does systemd run the units of this agent? Not on demo hosts, which have folders of their own. */
  readonly systemd: boolean
}

/** What was found, and what this host can offer because of it. */
export interface DoctorReport {
  /** When it was asked, UTC. */
  readonly askedAt: string
  readonly findings: readonly Finding[]
  readonly offers: readonly Offer[]
  /** 0: nothing is wrong. 1: something is. What the policy does not allow is nobody's fault. */
  readonly exitCode: 0 | 1
}

/**
 * Says how this host stands, what may be done on it, and which command would allow more. Each line answers a question that
 * is asked now. Changes nothing; never throws.
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const { host, policy, paths, catalogue, journal, locker } = options
  const askedAt = utcText(host.clock.wallMs())
  const answers = await host.abilities()
  const abilities = [...answers].map(([name, { has, why }]) => {
    const { good, note } = answersTo(`what ${name} needs: programs, the kernel, the service manager`)
    return has ? good(`can do ${name}`, why) : note(`can do ${name}`, why)
  })
  const findings: Finding[] = [
    ...(await safely('installation', () => lookAtParts(options))),
    ...(await safely('journal', () => lookAtRecords(options))),
    ...(await safely('journal folder', () => lookAtFolder(options))),
    ...(await safely('kept copy', async () => (options.systemd ? lookAtKeptCopy(options) : []))),
    ...(await safely('safety timer', () => lookAtFailsafe(options.failsafe))),
    ...(await safely('safety timer', async () => (options.systemd ? lookAtTimers(host, journal) : []))),
    ...(await safely('lock', () => lookAtLock(locker, paths.lock))),
    ...(await safely('halt file', () => lookAtHalt(options))),
    ...(await safely('policy', () => lookAtPolicy(policy, paths, host))),
    ...(await safely('clock', () => lookAtClock(options))),
    ...abilities,
    ...(await safely('programs', () => lookForTools(host))),
  ]
  const exitCode = findings.some(({ state }) => state === 'bad') ? 1 : 0
  return { askedAt, findings, offers: offersOf(catalogue, answers, policy), exitCode }
}

/** The installed pieces, who this host is, and its link. */
async function lookAtParts({ host, paths, systemd, identity }: DoctorOptions): Promise<Finding[]> {
  const units = systemd ? await askUnits(host) : null
  const { good, note, bad } = answersTo(`content and mode of ${paths.identity}`)
  const link = units?.get(UNITS.link)
  const isInstalled = link?.LoadState === 'loaded'
  let who: Awaited<ReturnType<typeof identity>> = null
  const identified = await safely('identity', async () => {
    who = await identity()
    if (who !== null) return [good('identity', `${who.hostId} at ${who.controllerUrl}`)]
    // Without the units nobody wants a controller here: somebody rehearses by hand.
    return [(isInstalled ? bad : note)('identity', 'not enrolled at any controller', enrolAgain(null))]
  })
  // An identity that cannot be used is reported by itself: the units have nothing to wait for.
  const enrolled = who !== null || identified.some(({ text }) => !text.startsWith('not enrolled'))
  const installation = await safely('installation', () => lookAtInstallation({ host, paths, units, enrolled }))
  const known = who as Awaited<ReturnType<typeof identity>>
  if (link === undefined || !isInstalled || known === null) return [...installation, ...identified]
  return [...installation, ...identified, ...(await safely('link', () => lookAtLink(host, link, known)))]
}

async function lookAtHalt({ host, paths: { haltFile } }: DoctorOptions): Promise<Finding[]> {
  const { good, bad } = answersTo(`is there ${haltFile}?`)
  if (!(await host.files.exists(haltFile))) return [good('halt file', `there is no ${haltFile}: drills may start`)]
  return [bad('halt file', `${haltFile} is there: nothing is started on this host`, 'chaos-lite-agent halt --lift')]
}

async function lookAtClock({ host, local }: DoctorOptions): Promise<Finding[]> {
  const { good, note } = answersTo('chronyc tracking and sources, or timedatectl')
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
    return [answersTo(subject === 'installation' ? SHOW : subject).bad(subject, oneLine(sentenceOf(thrown), 512))]
  }
}
