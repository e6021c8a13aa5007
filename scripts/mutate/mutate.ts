import { createHash } from 'node:crypto'
import type { Candidate } from './candidates.ts'
import type { Compiler } from './compiler.ts'
import type { Verdict } from './run-tests.ts'

export interface Mutation extends Candidate {
  /** What stands there now. */
  readonly now: string
}

export type Result = 'caught' | 'survived' | 'took too long' | 'has no test'

/** The candidates in the order in which this seed draws them: it does not depend on how many others there are. */
export function inDrawnOrder(candidates: readonly Candidate[], seed: number): Candidate[] {
  const rank = ({ file, name, kind }: Candidate) =>
    createHash('sha256').update(`${seed}\n${file}\n${name}\n${kind}`).digest('hex')
  return candidates
    .map((candidate) => ({ candidate, rank: rank(candidate) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ candidate }) => candidate)
}

/** Draws so many that compile, no two of one function. Every file is as it was afterwards. */
export function draw(compiler: Compiler, candidates: readonly Candidate[], count: number): Mutation[] {
  const drawn = new Map<string, Mutation>()
  for (const candidate of candidates) {
    const key = `${candidate.file} ${candidate.name}`
    if (drawn.size >= count) break
    if (drawn.has(key)) continue
    const now = compiler.apply(candidate)
    if (now === null) continue
    compiler.restore(candidate, now)
    drawn.set(key, { ...candidate, instead: [now], now })
  }
  return [...drawn.values()]
}

export function resultOf(verdict: Verdict): Result {
  return verdict === 'failed' ? 'caught' : verdict === 'passed' ? 'survived' : verdict
}

/** The line of a report: what became of a mutation, where it is, and what was changed. */
export function lineOf({ file, line, name, kind, text }: Mutation, result: Result): string {
  const was = text.replace(/\s+/g, ' ')
  return `${result.padEnd(13)} ${file}:${line} ${name}: ${kind} ${was.length > 100 ? `${was.slice(0, 99)}…` : was}`
}
