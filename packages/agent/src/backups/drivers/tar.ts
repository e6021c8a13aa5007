import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { Listing } from './driver.ts'
import { entryName, isBelow } from './inside.ts'
import { bytesOf, createTally, nameComplaint, readable, unsafe } from './limits.ts'
import { LISTING, memberLines, type TarMember } from './tar-listing.ts'
import { tarReads, unreadable } from './tar-stream.ts'
import type { Tools } from './tools.ts'

const BLOCK_BYTES = 512
/** Programs pad the end of an archive to whole records of some kilobytes; more than this is no padding. */
const PADDING_MAX_BYTES = 4 * 1024 * 1024
/** Long names, access lists and the like stand before a member. */
const HEADERS_MAX_BYTES = 64 * 1024
/** tar compares each member with each name that it is given. */
const MOST_NAMES = 1_000

/**
 * Everything is restored as it is in the archive, by root with owners and modes, whatever the umask; a name that comes
 * twice has its last bytes. Folders get their modes at the end, when all is in them.
 */
const EXTRACTION = [
  '--extract',
  '--preserve-permissions',
  '--numeric-owner',
  '--delay-directory-restore',
  '--acls',
  '--xattrs',
  '--xattrs-include=*',
  '--warning=none',
  '--quoting-style=escape',
] as const

/** Not even root may make a device in a box. tar goes on with the rest. */
const HARMLESS = /: Cannot mknod: Operation not permitted$|^tar: Exiting with failure status|^tar: Removing leading /

/** Reads the whole archive once, writing nothing: every name must be safe, also those that will not be restored. */
export async function listTar(tools: Tools, file: string, inside: string, maxBytes: number): Promise<Listing> {
  const tally = createTally(file, maxBytes)
  const part = new PartOfTar(bytesOf(inside))
  const without: string[] = []
  let mostBytes = PADDING_MAX_BYTES
  const lines = memberLines((member) => {
    mostBytes += HEADERS_MAX_BYTES + Math.ceil(member.sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
    if (member.kind === 'note') return
    const complaint = nameComplaint(member.name)
    if (complaint !== null) throw unsafe(file, readable(member.name), complaint)
    if (!part.add(member)) return
    tally.add(member.sizeBytes)
    if (member.kind === 'device') without.push(member.name)
  })
  const { tar, bytes } = await tarReads(tools, file, LISTING, lines)
  if (tar.code !== 0) throw unreadable(file, tar.stderr)
  if (bytes > mostBytes) throw unreadable(file, 'more follows the end of the archive than padding')
  const { entries } = tally.listing()
  if (entries === 0) throw nothingInside(file, inside)
  return { ...tally.listing(), names: part.names(), without, notMade: without.length }
}

/** Extracts what was listed into `target`, each member under its own path. Only after `listTar` found the archive safe. */
export async function extractTar(tools: Tools, file: string, listed: Listing, target: string): Promise<void> {
  const owners = process.geteuid?.() === 0 ? '--same-owner' : '--no-same-owner'
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-names-'))
  try {
    const chosen = await writeNames(folder, listed)
    const { tar } = await tarReads(tools, file, [...EXTRACTION, owners, `--directory=${target}`, ...chosen])
    const said = tar.stderr.split('\n').filter((line) => line !== '')
    const failures = said.filter((line) => !HARMLESS.test(line))
    if (tar.code === 0 || (tar.code !== null && failures.length === 0 && said.length > 0)) return
    throw unreadable(file, failures.length > 0 ? failures.join('\n') : `tar was ended by ${tar.signal}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Names go to tar in files: they need not be text, and there may be many. */
async function writeNames(folder: string, { names, without = [] }: Listing): Promise<string[]> {
  const args: string[] = []
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { encoding: 'latin1', mode: 0o600 })
    return join(folder, name)
  }
  // A name with a line break cannot stand in a list of lines: then the box alone keeps the device from being made.
  const lines = without.filter((name) => !name.includes('\n'))
  if (lines.length > 0) {
    const list = await write('without', lines.map((name) => `${name}\n`).join(''))
    args.push('--anchored', '--no-wildcards', `--exclude-from=${list}`)
  }
  if (names === undefined) return args
  const list = await write('names', names.map((name) => `${name}\0`).join(''))
  return [...args, '--no-unquote', '--no-wildcards', '--null', `--files-from=${list}`]
}

/** Which members make up one folder of an archive: by the ways in which its name is spelled there. */
class PartOfTar {
  readonly #inside: string
  readonly #spellings = new Set<string>()
  /** Files outside that a file inside is a second name of. */
  readonly #first = new Set<string>()

  constructor(inside: string) {
    this.#inside = inside
  }

  /** Is it in there? */
  add({ kind, name, target }: TarMember): boolean {
    if (this.#inside === '.') return true
    if (!isBelow(relative(name), this.#inside)) return false
    this.#spellings.add(this.#spelling(name))
    if (kind === 'hard link' && !isBelow(relative(target), this.#inside)) this.#first.add(target)
    return true
  }

  /** Undefined where all of the archive is to be extracted. */
  names(): readonly string[] | undefined {
    const all = [...this.#spellings, ...this.#first]
    return this.#inside === '.' || all.length > MOST_NAMES ? undefined : all
  }

  /** The beginning of a name, up to the folder itself: `./share` of `./share/a`. */
  #spelling(name: string): string {
    let parts = this.#inside.split('/').length
    let at = 0
    for (const segment of name.split('/')) {
      at += segment.length + 1
      if (segment !== '' && segment !== '.') parts -= 1
      if (parts === 0) break
    }
    return name.slice(0, at - 1)
  }
}

function relative(name: string): string {
  return entryName(name.replace(/^\/+/, ''))
}

/** `backup-unusable` for an archive without what is to be restored: a restore of nothing must not pass. */
export function nothingInside(file: string, inside: string): ChaosError {
  const what = inside === '.' ? 'is empty' : `holds nothing below ${JSON.stringify(inside)}`
  return new ChaosError('backup-unusable', `The archive ${file} ${what}; check \`inside\` in repositories.yaml`)
}
