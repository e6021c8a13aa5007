import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { sentenceOf } from '@chaos-lite/shared'
import { codeOf } from '../durable/index.ts'
import type { Host } from '../host/index.ts'
import { isOverNetwork, mountOf } from '../host/index.ts'
import type { Journal, JournalRecord } from '../journal/index.ts'
import { untilText } from '../journal/index.ts'
import type { Paths } from '../paths.ts'
import { answersTo, type Finding } from './findings.ts'
import { versionOf } from './installation.ts'

/** What the undo journal is judged by: its records, and the file system that it lies on. */
export interface JournalOptions {
  readonly host: Pick<Host, 'run' | 'mounts' | 'clock'>
  readonly paths: Paths
  readonly journal: Pick<Journal, 'list'>
}

/** A record takes little; what a failure keeps of a file takes as much as the file. */
const LEAST_FREE_BYTES = 64 * 1024 * 1024

/** What is open, what is stuck, what cannot be read: read from the disk now. */
export async function lookAtRecords({ journal, paths, host }: JournalOptions): Promise<Finding[]> {
  const { good, note, bad } = answersTo(`every record of ${paths.journal}`)
  const { records, unreadable } = await journal.list()
  const damaged = unreadable.map(({ path, reason }) =>
    bad('journal', `${path} cannot be read: ${reason}`, 'keep it, and follow UNDO.txt in that folder by hand'),
  )
  const stuck = records.filter(({ state }) => state === 'stuck')
  const open = records.filter(({ state }) => state !== 'stuck')
  const failures = stuck.map(({ head, folder, stuckReason }) =>
    bad('journal', `${head.action} is stuck: ${stuckReason ?? 'no reason was recorded'}`, `follow ${folder}/UNDO.txt`),
  )
  const held = open.map((record) => note('journal', heldText(record, host.clock.wallMs())))
  if (records.length + unreadable.length > 0) return [...damaged, ...failures, ...held]
  if (await isThere(paths.journal)) return [good('journal', 'readable, no record is open: no failure is in place')]
  return [note('journal', `there is no ${paths.journal}: no failure was started here yet`)]
}

function heldText(record: JournalRecord, nowMs: number): string {
  return `${record.head.action} is ${record.state}: ${untilText(record, nowMs)}`
}

/** The folder that everything rests on: there, writable, on a disk of this machine, with space. */
export async function lookAtFolder({ host, paths }: JournalOptions): Promise<Finding[]> {
  const folder = (await isThere(paths.journal)) ? paths.journal : paths.state
  const { good, note, bad } = answersTo(`access, statfs and mount table of ${folder}`)
  try {
    await access(folder, constants.R_OK | constants.W_OK)
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT')
      return [note('journal folder', `${paths.journal} does not exist; it is made with the first failure`)]
    return [
      bad(
        'journal folder',
        `${folder} cannot be written: ${sentenceOf(thrown)}`,
        'correct its owner, or its file system',
      ),
    ]
  }
  const space = await statfs(folder)
  const free = space.bavail * space.bsize
  const mount = mountOf(await host.mounts.list().catch(() => []), folder)
  const where = mount === null ? '' : `, on ${mount.kind} (${mount.source})`
  if (mount !== null && isOverNetwork(mount)) {
    const text = `${folder} is ${mount.kind} of ${mount.source}: without the network nothing could be rolled back`
    return [bad('journal folder', text, 'put it on a disk of this machine')]
  }
  if (free < LEAST_FREE_BYTES) {
    return [
      bad(
        'journal folder',
        `${folder} has only ${mib(free)} MiB free${where}`,
        `free at least ${mib(LEAST_FREE_BYTES)} MiB there`,
      ),
    ]
  }
  return [good('journal folder', `${folder} can be written, ${mib(free)} MiB free${where}`)]
}

/** The copy of the program that a record is rolled back with when the installed one is gone. */
export async function lookAtKeptCopy({ host, paths, journal }: JournalOptions): Promise<Finding[]> {
  const kept = `${paths.state}/bin/kept`
  const { good, note, bad } = answersTo(`${kept} --version`)
  if (!(await isThere(kept))) {
    const { records } = await journal.list()
    if (records.length === 0)
      return [note('kept copy', `there is no ${kept} yet; it is made when a failure is started`)]
    return [bad('kept copy', `there is no ${kept}, and a record is open`, 'chaos-lite-agent revert --all')]
  }
  const version = await versionOf(host, kept)
  if (version.ok) return [good('kept copy', `${kept} runs, version ${version.text}`)]
  return [bad('kept copy', `${kept} does not run: ${version.why}`, 'run install-agent.sh again, as root')]
}

function mib(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024)
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (thrown) => codeOf(thrown) !== 'ENOENT',
  )
}
