import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ChaosError } from '@chaos-lite/shared'
import { hardLink, open, readFile, stat, unlink } from '../../../small-files/index.ts'
import { temporaryName } from '../../artefact.ts'
import { codeOf, sync } from '../files/durable.ts'
import { parseStat } from '../process-stat.ts'

const attempts = 50
const pauseMs = 100
/** USER_HZ of every Linux. */
const TICKS_PER_SECOND = 100

/**
 * The lock of the shadow tools (`useradd`, `gpasswd`, …; shadow `lib/commonio.c`): a file `<database>.lock` that holds a
 * process id, taken by link(2). A lock whose process is gone is stale and is taken over, as they do; one of an earlier
 * start of the machine is stale as well, whoever has that process id now.
 */
export async function lockDatabase(path: string, tag: string): Promise<AsyncDisposable> {
  const lock = `${path}.lock`
  const own = join(dirname(path), temporaryName(tag))
  await writePid(own)
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (await takeHardLink(own, lock)) return { [Symbol.asyncDispose]: () => giveBack(lock) }
      if (await stale(lock)) await unlink(lock).catch(() => {})
      else await pause(pauseMs)
    }
  } finally {
    await unlink(own).catch(() => {})
  }
  throw new ChaosError(
    'timed-out',
    `Another program keeps ${lock} for more than ${(attempts * pauseMs) / 1000} s. Try again.`,
  )
}

/** Durably: a lock that came back after a power cut would be removed at boot, as a change of `/etc` by somebody else. */
async function giveBack(lock: string): Promise<void> {
  await unlink(lock)
  await sync(dirname(lock)).catch(() => {})
}

async function writePid(path: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(`${process.pid}\0`)
    // The name may become durable before the bytes: an empty lock after a power cut would show nobody that it is stale.
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function takeHardLink(from: string, to: string): Promise<boolean> {
  try {
    await hardLink(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function stale(lock: string): Promise<boolean> {
  const text = await readFile(lock, 'latin1').catch(() => '')
  const mtimeMs = await stat(lock).then(
    (found) => found.mtimeMs,
    () => Number.NaN,
  )
  if (mtimeMs < (await bootMs())) return true
  const pid = Number.parseInt(text, 10)
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return pid === process.pid
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

/** When process 1 started, in UTC milliseconds: of a container, not of the machine below it. NaN where it is not known. */
async function bootMs(): Promise<number> {
  try {
    const [uptime, first] = await Promise.all([readFile('/proc/uptime', 'utf8'), readFile('/proc/1/stat', 'utf8')])
    const sinceS = Number.parseFloat(uptime) - Number(parseStat(1, first).startTicks) / TICKS_PER_SECOND
    return Date.now() - sinceS * 1000
  } catch {
    return Number.NaN
  }
}
