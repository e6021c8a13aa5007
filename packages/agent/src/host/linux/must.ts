import { ChaosError } from '@chaos-lite/shared'
import type { Finished, RunOptions } from '../host.ts'
import { run } from './run.ts'

/** As `run`, but anything other than exit code 0 is a `tool-failed` with the program's own words. */
export async function must(argv: readonly [string, ...string[]], options: RunOptions): Promise<Finished> {
  const finished = await run(argv, options)
  if (finished.code === 0) return finished
  const said = (finished.stderr.trim() || finished.stdout.trim()).replaceAll(/\s+/g, ' ').slice(0, 400)
  throw new ChaosError(
    'tool-failed',
    `${argv[0]} ended with code ${finished.code ?? finished.signal}: ${said || 'no message'}.`,
  )
}
