import { Transform, type Writable } from 'node:stream'
import { ChaosError } from '@chaos-lite/shared'
import type { Finished } from '../../host/index.ts'
import { oneLine } from '../../text/index.ts'
import { openRegular } from '../regular-file.ts'
import { packingOf, type Unpacker } from './packing.ts'
import { needTool, runTool, type Tools } from './tools.ts'

const LONG_MS = 24 * 3_600_000
/** gzip and xz: all was unpacked, and something is remarkable, such as what follows the end. */
const WARNED = 2
/** For folders that an archive does not list. */
const UMASK = 0o022

interface Read {
  /** How `tar` ended. */
  readonly tar: Finished
  /** How long the archive is, unpacked. */
  readonly bytes: number
}

/** The programs that this archive needs are installed. @throws ChaosError `capability-missing` or `backup-unusable` */
export async function needTar(tools: Tools, file: string): Promise<void> {
  await needTool(tools, 'tar', 'tar')
  const by = await unpackerOf(file)
  if (by !== null) await needTool(tools, by.program, by.package)
}

/**
 * Lets tar read an archive, unpacked by the program that its first bytes ask for. Both get open files and no names, so
 * that none of them can be led elsewhere. @throws ChaosError when it was not read to its end; tar's own end is reported
 */
export async function tarReads(tools: Tools, file: string, args: readonly string[], output?: Writable): Promise<Read> {
  const by = await unpackerOf(file)
  await using handle = await openRegular(file)
  const options = { pack: 'tar', timeoutMs: LONG_MS, umask: UMASK, ...(output === undefined ? {} : { output }) }
  const tar = ['tar', ...args, '--file=-'] as const
  if (by === null) {
    const ended = await runTool(tools, tar, { ...options, inputFd: handle.fd })
    tools.signal.throwIfAborted()
    return { tar: ended, bytes: (await handle.stat()).size }
  }
  const stop = new AbortController()
  const both: Tools = { run: tools.run, signal: AbortSignal.any([tools.signal, stop.signal]) }
  const counter = new Counter()
  const unpack = { pack: by.package, timeoutMs: LONG_MS, inputFd: handle.fd, output: counter }
  const unpacking = runTool(both, [by.program, ...by.args], unpack)
  const reading = runTool(both, tar, { ...options, inputFrom: counter })
  // The first failure is the cause of the other one.
  let first: unknown
  for (const each of [unpacking, reading]) {
    each.catch((thrown) => {
      first ??= thrown
      stop.abort()
    })
  }
  const [unpacked, ended] = await Promise.allSettled([unpacking, reading])
  tools.signal.throwIfAborted()
  if (unpacked.status === 'fulfilled' && isDamaged(unpacked.value)) throw unreadable(file, unpacked.value.stderr)
  // tar gave up first: what it says is the cause.
  if (ended.status === 'fulfilled' && (ended.value.code !== 0 || first === undefined)) {
    return { tar: ended.value, bytes: counter.bytes }
  }
  throw first
}

function isDamaged({ code, stderr }: Finished): boolean {
  return code !== null && code !== 0 && !(code === WARNED && /ignored/.test(stderr))
}

async function unpackerOf(file: string): Promise<Unpacker | null> {
  const packing = await packingOf(file)
  if (packing.kind === 'packed') return packing.by
  if (packing.kind !== 'foreign') return null
  throw new ChaosError('backup-unusable', `The backup ${file} is ${packing.as}, which cannot be read here`)
}

/** Passes bytes on and counts them. */
class Counter extends Transform {
  bytes = 0

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length
    done(null, chunk)
  }
}

/** What a tool said, as the failure of the backup or of this host. */
export function unreadable(file: string, said: string): ChaosError {
  const why = oneLine(said.replaceAll(/^\S+: (?:\(stdin\): )?/gm, '').replaceAll('\n', '; '), 200)
  const full = /No space left|quota exceeded/i.test(said)
  const text = `The archive ${file} could not be read to its end: ${why}`
  return new ChaosError(full ? 'storage-full' : 'backup-unusable', text)
}
