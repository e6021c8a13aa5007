import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { availableParallelism, cpus, release } from 'node:os'
import { bundleWhole } from '../build/bundle.ts'
import { root } from '../build/places.ts'
import type { Tally } from './tally.ts'

/** When, of what and on what something is proved now. */
export async function aboutRun(): Promise<Pick<Tally, 'format' | 'date' | 'commit' | 'machine' | 'program'>> {
  return {
    format: 1,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    commit: commit(),
    machine: `${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}, Linux ${release()}`,
    program: createHash('sha256')
      .update(await bundleWhole())
      .digest('hex')
      .slice(0, 12),
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
