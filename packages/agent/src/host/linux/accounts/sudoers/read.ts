import type { Files } from '../../../host.ts'
import type { Metadata } from '../../../image.ts'
import { addLine, emptySudoers, type Sudoers } from './parse.ts'
import { sudoersLines, unquoted } from './words.ts'

const maxBytes = 1024 * 1024
/** sudo itself follows 128 includes (`man 5 sudoers`). */
const maxFiles = 128

/** The second is that of distributions that ship their own below `/usr`; it counts where the first is missing. */
const places = ['/etc/sudoers', '/usr/etc/sudoers']

/** The rules of `/etc/sudoers` and of all that it includes; null where there is no such file. */
export async function readSudoers(files: Files, hostName: string): Promise<Sudoers | null> {
  for (const path of places) {
    if (!(await files.exists(path))) continue
    const into = emptySudoers()
    const { uid, gid } = await files.metadata(await files.resolve(path))
    await readInto(into, { files, hostName, owner: { uid, gid }, seen: [] }, path)
    return into
  }
  return null
}

interface Reading {
  readonly files: Files
  readonly hostName: string
  /** Whose all the files must be: root's, as the first one. */
  readonly owner: Pick<Metadata, 'uid' | 'gid'>
  /** Files that were begun, so that a circle ends. */
  readonly seen: string[]
}

async function readInto(into: Sudoers, reading: Reading, path: string): Promise<void> {
  const { files, seen } = reading
  if (seen.length >= maxFiles) return void into.problems.push(`${path}: more than ${maxFiles} files are included`)
  seen.push(path)
  into.files.push(path, await files.resolve(path))
  const refusal = await ignored(reading, path, 'file')
  if (refusal !== null) return void into.problems.push(`${path} (${refusal})`)
  const text = (await files.read(path, maxBytes)).toString('utf8')
  for (const line of sudoersLines(text)) {
    const [, kind, rest] = /^[@#]include(dir)?\s+(.+)$/.exec(line.text) ?? []
    if (rest === undefined) addLine(into, line, path)
    else
      for (const each of await included(into, reading, path, rest, kind === 'dir')) await readInto(into, reading, each)
  }
}

/** What sudo reads there: a file, or in a folder every name without a dot that does not end in `~`, in their order. */
async function included(into: Sudoers, reading: Reading, from: string, word: string, isFolder: boolean) {
  const { files, hostName } = reading
  const short = hostName.split('.')[0] ?? ''
  const named = unquoted(word.trim()).replaceAll('%h', short)
  const path = named.startsWith('/') ? named : `${from.slice(0, from.lastIndexOf('/'))}/${named}`
  if (!(await files.exists(path))) return []
  if (!isFolder) return [path]
  const refusal = await ignored(reading, path, 'folder')
  if (refusal !== null) {
    into.problems.push(`${path} (${refusal})`)
    return []
  }
  const names = (await files.list(path)).filter((name) => !name.includes('.') && !name.endsWith('~')).sort()
  const places = names.map((name) => `${path.replace(/\/$/, '')}/${name}`)
  const kinds = await Promise.all(places.map(async (place) => (await files.metadata(await files.resolve(place))).kind))
  return places.filter((_, at) => kinds[at] === 'file')
}

/** Why sudo would not read it (`sudo_secure_path` in its source), or null. */
async function ignored({ files, owner }: Reading, path: string, expected: 'file' | 'folder'): Promise<string | null> {
  const { kind, mode, uid, gid } = await files.metadata(await files.resolve(path))
  if (kind !== expected) return `no plain ${expected}`
  if (uid !== owner.uid) return `user ${uid} owns it`
  if ((mode & 0o020) !== 0 && gid !== owner.gid) return `group ${gid} may write it`
  return mode & 0o002 ? 'everybody may write it' : null
}
