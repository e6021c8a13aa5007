import { type Run, reduce, type SourcedFact, startRun, type Ulid } from '@chaos-lite/shared'
import type { Store, StoredLine } from '../store/index.ts'
import { sourcedFact } from '../store/index.ts'
import { inSlices, turn } from '../turn.ts'

type Facts = { readonly facts: Pick<Store['facts'], 'pageOfRun'> }

/** The stored facts of a run as exact bytes, a page at a time, everybody else having their turn before each. */
export async function* linePages({ facts }: Facts, runId: Ulid): AsyncGenerator<readonly StoredLine[]> {
  for (let after = 0; ; ) {
    await turn()
    const { lines, next } = await facts.pageOfRun(runId, after)
    if (lines.length === 0) return
    yield lines
    after = next
  }
}

/** The same with their meaning. */
export async function* factPages(store: Facts, runId: Ulid): AsyncGenerator<readonly SourcedFact[]> {
  for await (const lines of linePages(store, runId)) yield lines.map(sourcedFact)
}

/**
 * The run that its stored facts make. Everything that was committed before this resolves is in it: facts that come while
 * others are reduced are on a further page, and after the last page, an empty one, nobody else has had a turn.
 */
export async function reduceStored(store: Facts, runId: Ulid): Promise<Run> {
  let run = startRun()
  const pause = inSlices()
  for await (const facts of factPages(store, runId)) {
    for (const fact of facts) {
      run = reduce(run, fact)
      await pause()
    }
  }
  return run
}
