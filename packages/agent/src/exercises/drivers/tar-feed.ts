import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { oneLine } from '../../probes/text.ts'
import { openRegular, streamRegular } from '../regular-file.ts'

/** What tar's parser and unpacker have in common. */
interface Sink {
  write(chunk: Buffer): boolean
  end(): unknown
  once(event: string, listener: (...args: unknown[]) => void): unknown
}

const BLOCK_BYTES = 512
/** Programs pad the end of an archive to whole records of some kilobytes; more than this is no padding. */
const PADDING_MAX_BYTES = 4 * 1024 * 1024
/** No honest gzip is denser: deflate ends near 1032:1 even for one byte repeated. */
const MAX_RATIO = 1100
const GZIP = Buffer.from([0x1f, 0x8b])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/**
 * Pushes a tar or tar.gz through one of tar's streams, waiting where it asks for it; ends at the first refusal, error
 * or abort. Unpacks by itself: tar would do so inside one synchronous call, and keeps all that follows the end of the
 * archive, so that a small hostile file could hold up the whole agent, its reverting included.
 */
export async function feedTar(file: string, sink: object, signal: AbortSignal, refused: () => unknown): Promise<void> {
  const to = sink as Sink
  const state = { failure: undefined as unknown, over: false }
  const done = new Promise<void>((resolve) => {
    to.once('end', () => resolve())
    to.once('close', () => resolve())
    to.once('error', (error) => {
      state.failure ??= error
      resolve()
    })
  })
  to.once('eof', () => {
    state.over = true
  })
  const isOver = () => state.failure !== undefined || refused() !== undefined
  try {
    await unpacked(file, signal, (chunks) => push(chunks, to, done, state, isOver))
    if (!isOver()) {
      to.end()
      await done
    }
  } catch (thrown) {
    state.failure ??= thrown
  }
  const refusal = refused()
  if (refusal !== undefined) throw refusal
  if (signal.aborted) throw signal.reason
  if (state.failure instanceof ChaosError) throw state.failure
  if (state.failure !== undefined) throw damaged(file, state.failure)
}

/** Also what follows the end of the archive is read, so that the checksum of the gzip counts, but it is not kept. */
async function push(
  chunks: AsyncIterable<Buffer>,
  to: Sink,
  done: Promise<void>,
  state: { readonly over: boolean },
  isOver: () => boolean,
): Promise<void> {
  let first: Buffer | null = Buffer.alloc(0)
  let paddingBytes = 0
  for await (const chunk of chunks) {
    if (state.over) {
      paddingBytes += chunk.length
      if (paddingBytes > PADDING_MAX_BYTES) throw new Error('more follows the end of the archive than padding')
      continue
    }
    let next = chunk
    if (first !== null) {
      first = Buffer.concat([first, chunk])
      if (first.length < BLOCK_BYTES) continue
      if (isPacked(first)) throw new Error('it is packed twice')
      next = first
      first = null
    }
    const full = !to.write(next)
    if (isOver()) return
    if (full) await Promise.race([new Promise<void>((resume) => to.once('drain', () => resume())), done])
  }
  if (first !== null) throw new Error('it is too short to be an archive')
}

async function unpacked(
  file: string,
  signal: AbortSignal,
  consume: (chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const packed = isPacked(await headOf(file))
  const source = await streamRegular(file, { highWaterMark: 64 * 1024 })
  if (!packed) return pipeline(source, consume, { signal })
  const gunzip = createGunzip()
  let bytes = 0
  await pipeline(
    source,
    gunzip,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length
        if (bytes > MAX_RATIO * (gunzip.bytesWritten + BLOCK_BYTES))
          throw new Error('it unpacks to far more than any backup')
        yield chunk
      }
    },
    consume,
    { signal },
  )
}

async function headOf(file: string): Promise<Buffer> {
  await using handle = await openRegular(file)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
  return buffer.subarray(0, bytesRead)
}

function isPacked(head: Buffer): boolean {
  return head.subarray(0, 2).equals(GZIP) || head.subarray(0, 4).equals(ZSTD)
}

function damaged(file: string, cause: unknown): ChaosError {
  const why = oneLine(sentenceOf(cause), 200)
  const code = (cause as { code?: unknown }).code === 'ENOSPC' ? 'storage-full' : 'backup-unusable'
  return new ChaosError(code, `The archive ${file} could not be read to its end: ${why}`, { cause })
}
