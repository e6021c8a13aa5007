import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { busyBetween, busyPercent, parseCpu, parseWritten, writtenBytes } from '../../../src/host/linux/load-seen.ts'
import { memoryRoom, parseMemory } from '../../../src/host/linux/memory-room.ts'

const cpu = (user: number, idle: number, waiting = 0) =>
  `cpu  ${user} 0 0 ${idle} ${waiting} 0 0 0 7 7\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 1\n`

describe('how busy the processors are', () => {
  it('is the share of the time that was not idle, guests counted once', () => {
    expect(busyBetween(parseCpu(cpu(100, 100)), parseCpu(cpu(175, 125)))).toBe(75)
    expect(busyBetween(parseCpu(cpu(100, 100, 0)), parseCpu(cpu(150, 100, 50)))).toBe(50)
  })

  it('is nothing where no time has passed, and where nothing is reported', () => {
    expect(busyBetween(parseCpu(cpu(1, 1)), parseCpu(cpu(1, 1)))).toBe(0)
    expect(busyBetween(parseCpu(''), parseCpu(''))).toBe(0)
  })

  it('is a share whatever the counts are', () => {
    const count = fc.nat(1_000_000)
    fc.assert(
      fc.property(count, count, count, count, (user, idle, more, rest) => {
        const share = busyBetween(parseCpu(cpu(user, idle)), parseCpu(cpu(user + more, idle + rest)))
        expect(share >= 0 && share <= 100).toBe(true)
      }),
    )
  })

  it('is read of this machine', async () => {
    const share = await busyPercent(50)
    expect(share >= 0 && share <= 100).toBe(true)
  })
})

describe('what is written to a disk', () => {
  const table = ' 254 0 vda 1 2 3 4 5 6 1000 8\n   7 300 loop300 0 0 0 0 0 0 4 0\n   8 1 sda1 short\n'

  it('is counted by its device number, wide ones included', () => {
    expect(parseWritten(table, 254 << 8)).toBe(512_000)
    expect(parseWritten(table, (7 << 8) | (300 & 0xff) | ((300 & ~0xff) << 12))).toBe(2048)
  })

  it('is not known of what is no disk', async () => {
    expect(parseWritten(table, 5)).toBeNull()
    expect(parseWritten(table, (8 << 8) | 1)).toBeNull()
    expect(await writtenBytes('/proc')).toBeNull()
  })
})

describe('the memory', () => {
  it('is given in bytes', () => {
    expect(parseMemory('MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    250 kB\n')).toEqual({
      totalBytes: 1_024_000,
      availableBytes: 256_000,
    })
    expect(parseMemory('')).toEqual({ totalBytes: 0, availableBytes: 0 })
  })

  it('of this machine is partly available', async () => {
    const { totalBytes, availableBytes } = await memoryRoom()
    expect(availableBytes > 0 && availableBytes < totalBytes).toBe(true)
  })
})
