import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepReserve } from '../../src/load/memory.ts'

const chunk = 16 * 1024 * 1024
const leaveBytes = 20 * chunk

/** So many chunks, small in this test; `availableBytes` is what the kernel says. */
async function keptOf(count: number, availableBytes: number): Promise<number> {
  const chunks = Array.from({ length: count }, () => Buffer.allocUnsafeSlow(1024))
  await keepReserve(chunks, leaveBytes, async () => ({ totalBytes: 100 * chunk, availableBytes }))
  expect(chunks.every(({ length }) => length === 1024)).toBe(true)
  return chunks.length
}

describe('the reserve of a memory load', () => {
  it('is left alone while it is there, and for the ebb and flow of a host', async () => {
    expect(await keptOf(5, leaveBytes)).toBe(5)
    expect(await keptOf(5, leaveBytes + chunk)).toBe(5)
    expect(await keptOf(5, leaveBytes - chunk)).toBe(5)
  })

  it('is given back as soon as others need it', async () => {
    expect(await keptOf(5, leaveBytes - 2 * chunk)).toBe(3)
    expect(await keptOf(5, leaveBytes - 3 * chunk + 1)).toBe(2)
  })

  it('is never less than others lack, as long as there is anything to give', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.nat(30 * chunk), async (count, availableBytes) => {
        const given = (count - (await keptOf(count, availableBytes))) * chunk
        const lacking = leaveBytes - availableBytes
        expect(given === count * chunk || given >= lacking || lacking <= chunk).toBe(true)
      }),
    )
  })

  it('frees memory at once, without waiting for the collector', async () => {
    const chunks = Array.from({ length: 6 }, () => Buffer.allocUnsafeSlow(chunk).fill(1))
    const all = [...chunks]
    await keepReserve(chunks, leaveBytes, async () => ({ totalBytes: 100 * chunk, availableBytes: 0 }))
    expect(chunks).toEqual([])
    expect(all.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, 0, 0, 0, 0])
  })
})
