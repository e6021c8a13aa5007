import { hash } from 'node:crypto'
import { type AgentEvent, AgentFact, ChaosError, FACT_MAX_BYTES, MAX_FRAME_BYTES } from '@chaos-lite/shared'
import type { HostClock } from '../host/index.ts'

/** Where a line stands in its epoch. */
export interface LinePosition {
  readonly epoch: string
  readonly seq: number
  /** Digest of the line before, or null for the first. */
  readonly prev: string | null
}

/** `sha256:…` over the exact bytes of a line, without its line end. */
export function digestOf(line: string | Uint8Array): string {
  return `sha256:${hash('sha256', line)}`
}

/** The instant of a fact, as the clocks of this host read it. */
export function instantOf(clock: HostClock): AgentFact['at'] {
  return { bootId: clock.bootId, monoMs: Math.floor(clock.monoMs()), wallMs: Math.round(clock.wallMs()) }
}

/**
 * Writes a fact as its line.
 * @throws ChaosError `internal` for a fact too long to be sent in one frame
 */
export function writeLine(position: LinePosition, at: AgentFact['at'], event: AgentEvent): string {
  const { epoch, seq, prev } = position
  const line = JSON.stringify({ v: 1, epoch, seq, prev, at, event })
  // In a frame the line is a JSON string once more; the rest of that frame is far below 1 KiB.
  if (Buffer.byteLength(line) > FACT_MAX_BYTES || Buffer.byteLength(JSON.stringify(line)) > MAX_FRAME_BYTES - 1024) {
    throw new ChaosError(
      'internal',
      `A fact of type ${event.type} is longer than ${FACT_MAX_BYTES} bytes and was not written.`,
    )
  }
  return line
}

/** Reads a line back; null where it is not a fact. */
export function readLine(line: string): AgentFact | null {
  try {
    const parsed = AgentFact.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
