import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toolFile } from './paths.ts'
import { run } from './run.ts'

/** What a host looks like: section, then key, then field, then text. */
export type Manifest = Record<string, Record<string, Record<string, string>>>

/** Something that truly varies by itself, with the reason why. `key` is a regular expression for the whole key. */
export type IgnoreRule = { section: string; key: string; fields?: string[]; reason: string }

export type ManifestOptions = {
  /** More folders to read besides /etc, /srv, /home, /root, /usr/local, /opt, /var/backups and /var/www. */
  folders?: readonly string[]
  /** On top of `manifest-ignore.json`. Give the same rules to both manifests you compare. */
  ignore?: readonly IgnoreRule[]
}

const DIGESTS = 'manifest-digests.json'

/** The next manifest reads every file anew, large ones as well. */
export async function forgetDigests(dir: string): Promise<void> {
  await rm(join(dir, DIGESTS), { force: true })
}

/** Has the independent tool look at a host that is up. */
export async function readManifest(dir: string, leader: number, options: ManifestOptions = {}): Promise<Manifest> {
  const rules: IgnoreRule[] = JSON.parse(await readFile(toolFile('manifest-ignore.json'), 'utf8'))
  const rulesFile = join(dir, 'manifest-ignore.json')
  await writeFile(rulesFile, JSON.stringify([...rules, ...(options.ignore ?? [])]))
  const digestsFile = join(dir, DIGESTS)
  const tool = ['python3', '-B', toolFile('manifest.py'), join(dir, 'root'), String(leader), rulesFile, digestsFile]
  const { stdout } = await run([...tool, ...(options.folders ?? [])], { timeoutMs: 120_000 })
  return JSON.parse(stdout) as Manifest
}

/** One line for each difference, in words; empty means identical. */
export function diffManifests(before: Manifest, after: Manifest): string[] {
  const lines: string[] = []
  for (const section of keysOf(before, after)) {
    const old = before[section] ?? {}
    const now = after[section] ?? {}
    for (const key of keysOf(old, now)) lines.push(...diffEntry(`${section} ${key}`, old[key], now[key]))
  }
  return lines
}

type Entry = Record<string, string>

function diffEntry(name: string, old: Entry | undefined, now: Entry | undefined): string[] {
  if (old === undefined) return [`${name}: appeared (${describe(now ?? {})})`]
  if (now === undefined) return [`${name}: is gone (was ${describe(old)})`]
  return keysOf(old, now)
    .filter((field) => old[field] !== now[field])
    .map((field) => `${name}: ${field} was ${show(old[field])}, is ${show(now[field])}`)
}

function describe(entry: Entry): string {
  return Object.entries(entry)
    .map(([field, value]) => `${field} ${show(value)}`)
    .join(', ')
}

function show(value: string | undefined): string {
  return value === undefined ? 'absent' : value === '' ? 'empty' : value
}

function keysOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
}
