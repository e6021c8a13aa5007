import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Stamp } from '../../../src/host/host.ts'
import { sameFile } from '../../../src/host/swap/index.ts'

const stamp: Stamp = { dev: '2049', inode: '77', mtimeNs: '5', ctimeNs: '900', birthNs: '100', links: 1 }

describe('the very same file', () => {
  it('is known by inode and birth also where the disks were numbered anew at a restart', () => {
    expect(sameFile({ ...stamp, dev: '64768', ctimeNs: '950' }, stamp)).toBe(true)
  })

  it.each([
    ['another inode', { inode: '78' }],
    ['another birth', { birthNs: '101' }],
    ['another birth on a disk with another number', { birthNs: '101', dev: '64768' }],
    ['another disk, where no birth is known', { birthNs: '0', dev: '64768' }],
    ['another disk, where the last change stands for the birth', { birthNs: '950', ctimeNs: '950', dev: '64768' }],
  ])('is not one with %s', (_, other) => {
    expect(sameFile({ ...stamp, ...other }, stamp)).toBe(false)
  })

  it('is not identified by a birth that neither of two disks knows', () => {
    const unborn = { ...stamp, birthNs: '0' }
    expect(sameFile(unborn, { ...unborn, dev: '64768' })).toBe(false)
    expect(sameFile(unborn, { ...unborn, ctimeNs: '1' })).toBe(true)
  })

  it('is itself, and the same in both directions', () => {
    const small = fc.constantFrom('0', '1', '2')
    const any = fc.record({
      dev: small,
      inode: small,
      mtimeNs: small,
      ctimeNs: small,
      birthNs: small,
      links: fc.constant(1),
    })
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(sameFile(a, a)).toBe(true)
        expect(sameFile(a, b)).toBe(sameFile(b, a))
      }),
    )
  })
})
