import { randomBytes } from 'node:crypto'
import type { AgentEvent } from '@chaos-lite/shared'
import { readLines } from '../../src/gateway/read-lines.ts'
import { sha256 } from '../../src/secrets/secrets.ts'
import type { AgentLine } from '../../src/store/store.ts'

export const newEpoch = (): string => randomBytes(16).toString('hex')

const started: AgentEvent = { type: 'agent.started', version: '0.1.0', openRecords: 0, journal: 'readable' }

/** A linked chain of lines, as an agent writes them. */
export function textLines(epoch: string, count: number, from = 0, prev: string | null = null): string[] {
  const lines: string[] = []
  let before = prev
  for (let seq = from; seq < from + count; seq += 1) {
    const at = { bootId: 'boot', monoMs: seq, wallMs: 1_000 + seq }
    const line = JSON.stringify({ v: 1, epoch, seq, prev: before, at, event: started })
    lines.push(line)
    before = sha256(line)
  }
  return lines
}

export const chainOf = (epoch: string, count: number): AgentLine[] => [...readLines(textLines(epoch, count))]
