import { AgentFact, ChaosError, FACT_MAX_BYTES, issuesText } from '@chaos-lite/shared'
import { sha256 } from '../secrets/index.ts'
import type { AgentLine } from '../store/index.ts'

/**
 * The lines of one frame: all of one epoch, numbered without a gap, each naming the digest of the one before. Line by
 * line, because a frame's lines take longer to check than the event loop may be held.
 * Throws `request-invalid` for a line that is no fact, `wrong-state` for lines out of order.
 */
export function* readLines(lines: readonly string[]): Generator<AgentLine> {
  let before: AgentLine | undefined
  for (const line of lines) {
    const fact = readLine(line)
    if (before && fact.epoch !== before.epoch) throw outOfOrder('a frame holds facts of one epoch')
    if (before && fact.seq !== before.seq + 1) throw outOfOrder('facts are numbered without a gap')
    if (before && fact.prev !== before.digest) throw outOfOrder('each fact names the digest of the one before')
    if ((fact.seq === 0) !== (fact.prev === null))
      throw outOfOrder('only the first fact of an epoch has no predecessor')
    yield fact
    before = fact
  }
}

function readLine(line: string): AgentLine {
  if (Buffer.byteLength(line) > FACT_MAX_BYTES) throw malformed(`longer than ${FACT_MAX_BYTES} bytes`)
  const parsed = AgentFact.safeParse(parseJson(line))
  if (!parsed.success) throw malformed(issuesText({ issues: parsed.error.issues.slice(0, 1) }, 'the line'))
  const fact = parsed.data
  const runId = 'runId' in fact.event ? fact.event.runId : null
  return { epoch: fact.epoch, seq: fact.seq, prev: fact.prev, digest: sha256(line), runId, line, fact }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw malformed('not JSON')
  }
}

/** Nothing of the line is repeated: it may hold anything. */
const malformed = (reason: string) => new ChaosError('request-invalid', `A line is not a fact: ${reason}.`)
const outOfOrder = (rule: string) => new ChaosError('wrong-state', `Facts are out of order: ${rule}.`)
