import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import type { Files } from '../../src/host/host.ts'
import { tool } from '../../src/host/linux/tools.ts'

export const isRoot = process.getuid?.() === 0
export const hasAcl = tool('getfacl') !== null && tool('setfacl') !== null
export const hasAttributes = tool('getfattr') !== null && tool('setfattr') !== null

/** A folder of this test, gone afterwards. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'chaos-lite-test-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface Seed {
  readonly text: string | Uint8Array
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
}

/** Files with old times, as on a host that has been running for a while. */
export async function plant(root: string, files: Readonly<Record<string, string | Seed>>): Promise<void> {
  for (const [path, seed] of Object.entries(files)) {
    const { text, mode = 0o644, uid = -1, gid = -1 } = typeof seed === 'string' ? { text: seed } : seed
    const at = join(root, path)
    await mkdir(dirname(at), { recursive: true })
    await writeFile(at, text)
    if (uid >= 0 || gid >= 0) await chown(at, uid, gid)
    await chmod(at, mode)
    await utimes(at, 1_700_000_000.25, 1_700_000_000.25)
  }
  for (const folder of new Set(Object.keys(files).map((path) => dirname(join(root, path))))) {
    await utimes(folder, 1_600_000_000.5, 1_600_000_000.5)
  }
}

/** What an independent eye sees below a folder: type, target, bytes, mode, owner, ACL, attributes and times to the nanosecond. */
export async function manifest(root: string): Promise<Readonly<Record<string, string>>> {
  const seen: Record<string, string> = {}
  const visit = async (path: string): Promise<void> => {
    const stat = await lstat(path, { bigint: true })
    const name = `/${relative(root, path)}`
    const facts = [
      stat.mode.toString(8),
      `${stat.uid}:${stat.gid}`,
      stat.mtimeNs,
      `links ${stat.isDirectory() ? '' : stat.nlink}`,
    ]
    if (stat.isSymbolicLink()) facts.push(await readlink(path))
    if (stat.isFile())
      facts.push(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      )
    if (!stat.isSymbolicLink())
      facts.push(await said('getfacl', ['-cpn', path]), await said('getfattr', ['-dm-', '--absolute-names', path]))
    seen[name] = facts.join(' | ')
    if (stat.isDirectory()) for (const entry of (await readdir(path)).sort()) await visit(join(path, entry))
  }
  await visit(root)
  return seen
}

async function said(program: string, args: readonly string[]): Promise<string> {
  const path = tool(program)
  if (!path) return ''
  const { stdout } = await promisify(execFile)(path, args)
  return stdout.trim().replaceAll('\n', ',')
}

const changing = [
  'replace',
  'keep',
  'putBack',
  'setMetadata',
  'setMtime',
  'makeFolder',
  'removeEmptyFolder',
  'move',
  'remove',
  'sweep',
  'create',
  'allocate',
  'moveWithoutReserve',
] as const

export class Crash extends Error {}

/** Counts the steps that change something, and dies at one of them: just before it, or just after. */
export function dyingFiles(
  real: Files,
  at: number,
  when: 'before' | 'after',
): { readonly files: Files; steps(): number } {
  let steps = 0
  let dead = false
  const wrapped = Object.fromEntries(
    Object.entries(real).map(([name, method]) => [
      name,
      async (...args: never[]) => {
        if (dead) throw new Crash('nothing happens after death')
        if (!(changing as readonly string[]).includes(name)) return (method as (...a: never[]) => unknown)(...args)
        steps += 1
        const dies = steps === at
        if (dies) dead = true
        if (dies && when === 'before') throw new Crash(`before step ${at}`)
        const result = await (method as (...a: never[]) => unknown)(...args)
        if (dies) throw new Crash(`after step ${at}`)
        return result
      },
    ]),
  )
  return { files: wrapped as unknown as Files, steps: () => steps }
}

/** The same files after a restart that gave every disk another number, as the kernel may. */
export function renumbered(files: Files): Files {
  const moved = <T extends { dev: string }>(found: T, by: bigint): T => ({
    ...found,
    dev: String(BigInt(found.dev) + by),
  })
  return {
    ...files,
    metadata: async (path) => moved(await files.metadata(path), 1n),
    stamp: async (path) => {
      const found = await files.stamp(path)
      return found && moved(found, 1n)
    },
    setMetadata: (path, metadata, only) => files.setMetadata(path, metadata, only && moved(only, -1n)),
  }
}
