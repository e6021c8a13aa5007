import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { randomFrom } from '../random.ts'
import { drill, journal, outbox, policy } from './files.ts'
import { framesDown } from './frames-down.ts'
import { framesUp } from './frames-up.ts'
import type { OpenTarget } from './target.ts'

/** What can be fuzzed, by name. */
export const targets = {
  'frames-up': framesUp,
  'frames-down': framesDown,
  journal,
  outbox,
  policy,
  drill,
} satisfies Record<string, OpenTarget>

export interface FuzzOutcome {
  readonly target: string
  readonly seed: number
  readonly cases: number
  readonly tookMs: number
  /** Memory in use after a collection, in MiB: after a tenth of the cases, and at the end. */
  readonly memoryMib: { readonly early: number; readonly late: number }
  readonly said: string
}

const PORTION = 2_000

/** Gives the target `count` bad things. Throws as soon as one of them breaks a promise. */
export async function fuzz(
  name: string,
  { folder, count, seed, say }: { folder: string; count: number; seed: number; say?: (sentence: string) => void },
): Promise<FuzzOutcome> {
  const open: OpenTarget | undefined = (targets as Record<string, OpenTarget>)[name]
  if (open === undefined) throw new Error(`There is nothing called "${name}" to fuzz.`)
  const collect = collector()
  const began = performance.now()
  await using target = await open({ folder, random: randomFrom(seed) })
  let cases = 0
  let early: number | null = null
  let saidMs = began
  while (cases < count) {
    cases += await target.some(Math.min(PORTION, count - cases))
    if (early === null && cases >= count / 10) early = memoryMib(collect)
    if (performance.now() - saidMs < 10_000) continue
    saidMs = performance.now()
    say?.(`${cases} cases, ${memoryMib(collect)} MiB`)
  }
  const said = await target.settle()
  const memory = { early: early ?? 0, late: memoryMib(collect) }
  return { target: name, seed, cases, tookMs: Math.round(performance.now() - began), memoryMib: memory, said }
}

function memoryMib(collect: () => void): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return Math.round((heapUsed + external) / 1024 / 1024)
}

/** The garbage collector, which is hidden unless asked for. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
