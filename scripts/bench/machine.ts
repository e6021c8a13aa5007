import { execFile } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { promisify } from 'node:util'
import { median, monoMs, ms } from './statistics.ts'

/** How busy the machine was before the first bench: what else runs on it belongs to the figures. */
export const loadBefore = loadavg()[0] ?? 0

/** The machine in a few words; no name of it, no address, no path. */
export async function machine(folder: string): Promise<readonly string[]> {
  const [first] = cpus()
  const memoryGib = Math.round(totalmem() / 2 ** 30)
  return [
    `${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${memoryGib} GiB memory`,
    `${type()} ${release()}, Node.js ${process.version}`,
    `load average ${loadBefore.toFixed(1)} from other work before the first bench`,
    `${await fileSystem(folder)}; one small write with fsync takes ${ms(await syncMs(folder))} (median of 50)`,
  ]
}

/** Names of the magic numbers of statfs(2) that matter here. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  2035054128: 'overlayfs',
}

async function fileSystem(folder: string): Promise<string> {
  const { type: magic } = await statfs(folder)
  return FILE_SYSTEMS[magic] ?? `file system 0x${magic.toString(16)}`
}

async function syncMs(folder: string): Promise<number> {
  const { open, rm } = await import('node:fs/promises')
  const path = `${folder}/sync-test`
  const handle = await open(path, 'w')
  const tookMs: number[] = []
  for (let round = 0; round < 50; round += 1) {
    const began = monoMs()
    await handle.write('x'.repeat(100), 0)
    await handle.sync()
    tookMs.push(monoMs() - began)
  }
  await handle.close()
  await rm(path)
  return median(tookMs)
}

/** The first line that a program says of its version, or that it is not installed. */
export async function versionOf(program: string): Promise<string> {
  const said = await promisify(execFile)(program, ['--version']).catch(() => null)
  return said?.stdout.split('\n')[0]?.trim() ?? `${program} is not installed`
}
