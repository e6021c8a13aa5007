import { ChaosError } from '@chaos-lite/shared'
import type { Finished, Host, RunOptions } from '../../host/index.ts'

/** How the programs that read archives are run. */
export interface Tools {
  readonly run: Host['run']
  readonly signal: AbortSignal
}

const SHORT_MS = 60_000

/** Runs one of them. @throws ChaosError `capability-missing` where it is not installed: `pack` names its package */
export async function runTool(
  { run, signal }: Tools,
  argv: readonly [string, ...string[]],
  { pack, ...options }: Omit<RunOptions, 'signal'> & { readonly pack: string },
): Promise<Finished> {
  try {
    return await run(argv, { signal, ...options })
  } catch (thrown) {
    signal.throwIfAborted()
    if (!(thrown instanceof Error) || !thrown.message.includes('is not installed')) throw thrown
    const text = `${argv[0]}, which this archive is read by, is not installed on this host: install the package ${pack}`
    throw new ChaosError('capability-missing', text, { cause: thrown })
  }
}

/** Is it installed? @throws ChaosError `capability-missing` */
export async function needTool(tools: Tools, program: string, pack: string): Promise<void> {
  const said = await runTool(tools, [program, '--version'], { pack, timeoutMs: SHORT_MS })
  if (program !== 'tar' || said.stdout.includes('GNU tar')) return
  throw new ChaosError('capability-missing', `The tar of this host is not GNU tar: install the package ${pack}`)
}
