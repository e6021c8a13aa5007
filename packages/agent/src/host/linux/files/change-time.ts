import { fchmodSync, fstatSync } from 'node:fs'

/** By the device's number: whether each change gets a time of its own. */
const tried = new Map<bigint, boolean>()
const ROUNDS = 4
/** The shortest tick of a kernel's coarse clock. Slower rounds could differ by it alone. */
const TICK_NS = 1_000_000n

/**
 * Has every change of a file on this device a change time of its own, once somebody looked at the one before? Since Linux
 * 6.13 so on most file systems (Documentation/filesystems/multigrain-ts.rst); before, all changes within one tick of up to
 * 10 ms share one. Tried out, because a layered file system does not say what lies below it. False until `tryChangeTime`
 * was called for a file there.
 */
export function tellsEachChange(dev: bigint): boolean {
  return tried.get(dev) === true
}

/** Finds out, once for each device, by changing a new file of ours, given by its descriptor, to the `mode` that it has. */
export function tryChangeTime(fd: number, mode: number): void {
  const { dev } = fstatSync(fd, { bigint: true })
  if (tried.has(dev)) return
  const seen = new Set<bigint>()
  const began = process.hrtime.bigint()
  for (let round = 0; round < ROUNDS; round += 1) {
    fchmodSync(fd, mode)
    seen.add(fstatSync(fd, { bigint: true }).ctimeNs)
  }
  const tookNs = process.hrtime.bigint() - began
  if (seen.size < ROUNDS) tried.set(dev, false)
  // On a busy machine the ticks themselves may have made the difference: another time.
  else if (tookNs < TICK_NS * BigInt(ROUNDS - 2)) tried.set(dev, true)
}
