import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { chaosRun } from '../../scripts/wire/chaos-run.ts'
import { FrameSplitter } from '../../scripts/wire/frame-splitter.ts'

describe('outbox and ingest over a network that loses, resets, stalls, repeats and delays', () => {
  test('lose no fact and count none twice', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-rough-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const seed = Number(process.env.CHAOS_LITE_WIRE_SEED ?? Date.now() % 1_000_000)
    const outcome = await chaosRun({ folder, agents: 10, facts: 100, seed, withinMs: 90_000 })
    const { stored, lost, doubled, incidents, network } = outcome
    expect({ stored, lost, doubled, incidents }, `seed ${seed}`).toEqual({
      stored: 1_000,
      lost: 0,
      doubled: 0,
      incidents: 0,
    })
    expect(network.lost + network.reset, `seed ${seed}: the network was kind`).toBeGreaterThan(0)
  })
})

describe('what a WebSocket client sends', () => {
  const upgrade = 'GET /agent HTTP/1.1\r\nhost: x\r\n\r\n'
  const short = Buffer.from([0x81, 0x83, 1, 2, 3, 4, 9, 9, 9])
  const ping = Buffer.from([0x89, 0x80, 1, 2, 3, 4])
  const long = Buffer.concat([Buffer.from([0x81, 0xfe, 0x01, 0x00, 1, 2, 3, 4]), Buffer.alloc(256, 7)])

  test('is cut into its frames, however the network has cut it', () => {
    const all = Buffer.concat([Buffer.from(upgrade), short, ping, long])
    for (const size of [1, 3, 7, 100, all.length]) {
      const splitter = new FrameSplitter()
      const pieces: ReturnType<FrameSplitter['take']> = []
      for (let at = 0; at < all.length; at += size) pieces.push(...splitter.take(all.subarray(at, at + size)))
      expect(pieces.map(({ kind }) => kind)).toEqual(['upgrade', 'text', 'control', 'text'])
      expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(all)
    }
  })
})
