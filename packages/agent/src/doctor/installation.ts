import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { sentenceOf } from '@chaos-lite/shared'
import type { Host } from '../host/index.ts'
import type { Paths } from '../paths.ts'
import { agentVersion } from '../version.ts'
import { answersTo, type Finding } from './findings.ts'
import { SHOW, stateOf, UNITS, type Unit } from './units.ts'

/** Where the units and files of an installation are looked for. */
export interface InstallationOptions {
  readonly host: Pick<Host, 'run'>
  readonly paths: Paths
  /** What systemd says of each unit; null on a host without systemd. */
  readonly units: ReadonlyMap<string, Unit> | null
  /** False: there is no identity, and what serves the controller has nothing to do. */
  readonly enrolled: boolean
}

const PROGRAM = '/usr/local/bin/chaos-lite-agent'
const ACCOUNT = 'chaos-lite'
const REINSTALL = 'run install-agent.sh again, as root'
const INSTALL =
  'as root: sh install-agent.sh --binary FILE --sha256 HEX --controller URL --token-file FILE (sh install-agent.sh --help explains each)'
const TOOL_MS = 15_000
/** What serves a controller. */
const SERVING: readonly string[] = [UNITS.link, UNITS.socket, UNITS.root]

/** Which pieces the installer left here, piece by piece. On a host where nothing is, one finding says so. */
export async function lookAtInstallation({ host, paths, units, enrolled }: InstallationOptions): Promise<Finding[]> {
  const own = await Promise.all(
    [paths.identity, paths.policy, paths.journal].map(async (path) => [path, await isThere(path)] as const),
  )
  const nothingOfOwn = own.every(([, there]) => !there)
  if (units === null)
    return nothingOfOwn
      ? [
          notInstalled(
            own.map(([path]) => path),
            'no unit of systemd',
          ),
        ]
      : []
  const absent = Object.values(UNITS).filter((unit) => (units.get(unit)?.LoadState ?? 'not-found') === 'not-found')
  if (absent.length === Object.values(UNITS).length && nothingOfOwn && !(await isThere(PROGRAM))) {
    return [notInstalled([PROGRAM, ...own.map(([path]) => path)], `none of ${absent.join(', ')}`)]
  }
  return [
    await lookAtProgram(host),
    await lookAtAccount(host),
    ...Object.values(UNITS).map((name) => lookAtUnit(name, units.get(name), enrolled)),
  ]
}

function notInstalled(files: readonly string[], units: string): Finding {
  const { bad } = answersTo(`${SHOW}; ${files.join(', ')}`)
  const text = `Chaos Lite is not installed on this host: there is ${units}, and no ${files.join(', no ')}`
  return bad('installation', text, `install it, ${INSTALL}`)
}

async function lookAtProgram(host: Pick<Host, 'run'>): Promise<Finding> {
  const { good, bad, note } = answersTo(`${PROGRAM} --version`)
  const version = await versionOf(host, PROGRAM)
  if (!version.ok) return bad('program', `${PROGRAM} does not run: ${version.why}`, REINSTALL)
  if (version.text === agentVersion) return good('program', `${PROGRAM} runs, version ${version.text}`)
  return note('program', `${PROGRAM} is version ${version.text}; this doctor is version ${agentVersion}`)
}

async function lookAtAccount(host: Pick<Host, 'run'>): Promise<Finding> {
  const { good, bad } = answersTo(`getent passwd ${ACCOUNT}`)
  const { code } = await host.run(['getent', 'passwd', ACCOUNT], { timeoutMs: TOOL_MS })
  if (code === 0) return good('account', `the account ${ACCOUNT} exists: the part that talks to the network runs as it`)
  return bad('account', `there is no account ${ACCOUNT}, which the part that talks to the network runs as`, REINSTALL)
}

/** Loaded as it lies on disk, started at boot where it must be, and running where it must run all the time. */
function lookAtUnit(name: string, unit: Unit | undefined, enrolled: boolean): Finding {
  const { good, note, bad } = answersTo(`${SHOW} ${name}`)
  if (unit === undefined || unit.LoadState === 'not-found') return bad(name, 'not installed', REINSTALL)
  if (unit.LoadState !== 'loaded') {
    const why = unit.LoadState === 'masked' ? `systemctl unmask ${name}, then ${REINSTALL}` : REINSTALL
    return bad(name, `${unit.LoadState}: ${unit.LoadError || unit.FragmentPath}`.trim(), why)
  }
  if (unit.NeedDaemonReload === 'yes') {
    return bad(
      name,
      `${unit.FragmentPath} or what is enabled was changed after systemd read it`,
      'systemctl daemon-reload',
    )
  }
  if (unit.ActiveState === 'failed') {
    return bad(name, `failed (${unit.Result}) when it ran last`, `journalctl --unit=${name} shows why`)
  }
  // The installer enables and starts them once the host is enrolled: that is the cause, and reported with the identity.
  if (!enrolled && SERVING.includes(name) && (unit.UnitFileState !== 'enabled' || unit.ActiveState !== 'active')) {
    return note(name, `${unit.UnitFileState || 'not enabled'}, ${stateOf(unit)}: it waits until this host is enrolled`)
  }
  if (mustBeEnabled(name) && unit.UnitFileState !== 'enabled') {
    return bad(name, `${unit.UnitFileState || 'not enabled'}: it does not start at boot`, `systemctl enable ${name}`)
  }
  if (mustRun(name) && unit.ActiveState !== 'active') return bad(name, stateOf(unit), `systemctl start ${UNITS.root}`)
  if (name === UNITS.link && ['', 'root'].includes(unit.User)) {
    return bad(name, 'it runs as root, and must not: it talks to the network', REINSTALL)
  }
  const changed = unit.DropInPaths === '' ? '' : `; changed by ${unit.DropInPaths}`
  return good(name, `${unit.UnitFileState}, ${stateOf(unit)}${purposeOf(name)}${changed}`)
}

function mustBeEnabled(name: string): boolean {
  return name !== UNITS.earlyKept && name !== UNITS.recoverKept
}

function mustRun(name: string): boolean {
  return name === UNITS.link || name === UNITS.socket
}

function purposeOf(name: string): string {
  if (name === UNITS.root) return ': it runs only while there is something to do'
  return name === UNITS.link || name === UNITS.socket ? '' : ': it rolls back at boot'
}

/** What a program says of its version, by running it. */
export async function versionOf(
  host: Pick<Host, 'run'>,
  program: string,
): Promise<{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string }> {
  try {
    await access(program, constants.X_OK)
    const { code, stdout, stderr } = await host.run([program, '--version'], { timeoutMs: TOOL_MS })
    const text = stdout.trim()
    if (code === 0 && /^\d+\.\d+\.\d+/.test(text)) return { ok: true, text }
    return { ok: false, why: `--version ended with ${code} ${stderr.trim()}`.trim() }
  } catch (thrown) {
    return { ok: false, why: sentenceOf(thrown) }
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
