import type { HostId } from '../primitives.ts'
import type { SourcedFact } from './fact.ts'
import type { Run } from './run.ts'

/** How instants are written: `timeZone` an IANA name (UTC unless told), `locale` a BCP 47 tag (en-GB unless told). */
export interface SayOptions {
  readonly timeZone?: string
  readonly locale?: string
}

/** One host of a run in one sentence. */
export interface HostSentence {
  readonly hostId: HostId
  readonly sentence: string
}

/** One sentence per host that a manager understands. */
export function summarise(_run: Run, _options: SayOptions = {}): readonly HostSentence[] {
  return []
}

/** One plain line for a timeline: what this fact says, in the words of the screens. */
export function describeEvent(sourced: SourcedFact, _run: Run): string {
  return sourced.fact.event.type
}
