import { randomFillSync } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { memoryRoom } from '../host/index.ts'

const chunkBytes = 16 * 1024 * 1024
/** Random, so that no page is like another or grows smaller: memory may be merged and compressed. */
const pattern = randomFillSync(Buffer.alloc(1024 * 1024))
const lookEveryMs = 100

/** Takes memory until only so much is available, and gives back whenever others need it. */
export async function fillMemory(work: {
  readonly leaveBytes: number
  readonly mostBytes: number | null
}): Promise<void> {
  const { leaveBytes, mostBytes } = work
  const most = mostBytes ?? Number.POSITIVE_INFINITY
  const chunks: Buffer[] = []
  while ((chunks.length + 1) * chunkBytes <= most) {
    if ((await memoryRoom()).availableBytes - chunkBytes < leaveBytes) break
    chunks.push(takeChunk())
    await setImmediate()
  }
  if (chunks.length === 0) throw new Error('no memory is left to take')
  setInterval(() => void keepReserve(chunks, leaveBytes), lookEveryMs)
}

/** Gives back chunk by chunk. Others that need little at a time find it there before they ask. */
export async function keepReserve(chunks: Buffer[], leaveBytes: number, room = memoryRoom): Promise<void> {
  const lackingBytes = leaveBytes - (await room()).availableBytes
  const due = Math.ceil(lackingBytes / chunkBytes)
  // Less than a chunk is the ebb and flow of every host.
  if (due < 2) return
  for (const chunk of chunks.splice(-due)) (chunk.buffer as ArrayBuffer).transfer(0)
}

function takeChunk(): Buffer {
  const chunk = Buffer.allocUnsafeSlow(chunkBytes)
  for (let at = 0; at < chunkBytes; at += pattern.length) pattern.copy(chunk, at)
  return chunk
}
