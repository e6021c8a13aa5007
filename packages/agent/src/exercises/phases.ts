import type { HostClock } from '../host/index.ts'

/** Times the parts of an exercise. A phase that fails is timed as well: how long it took to fail is worth knowing. */
export function createPhases(clock: HostClock, phase: (name: string, tookMs: number) => void) {
  return async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
    const beganMs = clock.monoMs()
    try {
      return await work()
    } finally {
      phase(name, Math.max(0, Math.round(clock.monoMs() - beganMs)))
    }
  }
}
