import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release } from 'node:os'
import { root } from '../build/places.ts'
import type { Tally } from './tally.ts'

/** When, of what and on what something is proved now. */
export function aboutRun(): Pick<Tally, 'format' | 'date' | 'commit' | 'machine'> {
  return {
    format: 1,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    commit: commit(),
    machine: `${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}, Linux ${release()}`,
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
