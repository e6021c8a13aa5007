import { readdir, readFile, readlink } from 'node:fs/promises'
import { instantText } from '@chaos-lite/shared'
import type { Host } from '../host/index.ts'
import type { KeptIdentity } from '../identity/index.ts'
import { enrolAgain } from '../net/index.ts'
import { HOST_WAS_REVOKED, LINK_HAS_ENDED, LINK_IS_OPEN } from '../relay/index.ts'
import { oneLine } from '../text/index.ts'
import { answersTo, type Finding } from './findings.ts'
import { UNITS, type Unit } from './units.ts'

const TOOL_MS = 10_000
const LINES = 200
/** `TCP_ESTABLISHED` of the kernel. */
const ESTABLISHED = '01'

/** Is the link up, and since when? Asked of the kernel (sockets of the relay) and of what the relay wrote into the log. */
export async function lookAtLink(
  host: Pick<Host, 'run'>,
  unit: Unit,
  { controllerUrl, enrolledMs }: Pick<KeptIdentity, 'controllerUrl' | 'enrolledMs'>,
): Promise<Finding[]> {
  const { good, bad } = answersTo(`/proc/net/tcp for process ${unit.MainPID}; journalctl --unit=${UNITS.link}`)
  // A relay that is not running is reported with its unit.
  if (unit.ActiveState !== 'active' || !/^[1-9]\d*$/.test(unit.MainPID)) {
    return [bad('link', `down: ${UNITS.link} does not run`, `systemctl start ${UNITS.root}`)]
  }
  const connected = await hasConnection(unit.MainPID)
  const said = await relayLog(host)
  const opened = said.findLast(({ text }) => text.startsWith(LINK_IS_OPEN))
  const ended = said.findLast(({ text }) => text.startsWith(LINK_HAS_ENDED))
  const letIn = opened !== undefined && (ended === undefined || ended.atMs <= opened.atMs)
  if (connected && letIn) return [good('link', `up to ${controllerUrl}, since ${instantText(opened.atMs)}`)]
  const revoked = revokedIn(said, enrolledMs)
  if (revoked !== null) {
    const text = `down: this host was revoked at ${controllerUrl} (${instantText(revoked)}); nothing is drilled here`
    return [bad('link', text, enrolAgain(controllerUrl))]
  }
  const last = said.at(-1)
  const why = last === undefined ? 'the log gives no reason' : `${last.text} (${instantText(last.atMs)})`
  const state = connected
    ? 'connected, but the log does not say that the controller has let this host in'
    : 'down: no connection'
  return [bad('link', `${state}, to ${controllerUrl}: ${why}`, `journalctl --unit=${UNITS.link}`)]
}

interface Said {
  readonly text: string
  readonly atMs: number
}

/** When the controller turned this host away for good, by the log; null where it did not, or has let it in since then. */
export async function revokedSince(host: Pick<Host, 'run'>, enrolledMs: number): Promise<number | null> {
  return revokedIn(await relayLog(host), enrolledMs)
}

/** What was said before the enrolment is of an older identity. */
function revokedIn(said: readonly Said[], enrolledMs: number): number | null {
  const last = said.findLast(({ text }) => text.startsWith(HOST_WAS_REVOKED) || text.startsWith(LINK_IS_OPEN))
  return last?.text.startsWith(HOST_WAS_REVOKED) && last.atMs >= enrolledMs ? last.atMs : null
}

/** Does the process have a connection over the network? Its other sockets lead to the root part, on this machine. */
async function hasConnection(pid: string): Promise<boolean> {
  const handles = await readdir(`/proc/${pid}/fd`)
  const links = await Promise.all(handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')))
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/))
    .some((fields) => fields[3] === ESTABLISHED && inodes.has(fields[9] ?? ''))
}

/** What the relay wrote since this machine started, oldest first. */
async function relayLog(host: Pick<Host, 'run'>): Promise<readonly Said[]> {
  const options = [`--unit=${UNITS.link}`, '--boot', `--lines=${LINES}`, '--output=cat', '--no-pager', '--quiet']
  const { code, stdout } = await host.run(['journalctl', ...options], { timeoutMs: TOOL_MS })
  if (code !== 0) return []
  return stdout.split('\n').flatMap((row) => {
    try {
      const { msg, time } = JSON.parse(row)
      return typeof msg === 'string' && typeof time === 'number' ? [{ text: oneLine(msg, 300), atMs: time }] : []
    } catch {
      return []
    }
  })
}
