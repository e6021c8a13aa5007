import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the agent reported to the controller of reverts, and what it kept while there was none: one JSON text a line. */
export async function reportedOutcomes(outbox: string): Promise<string> {
  const names = await readdir(outbox, { recursive: true }).catch(() => [])
  const segments = names.filter((name) => name.endsWith('.jsonl')).sort()
  const texts = await Promise.all(segments.map((name) => readFile(join(outbox, name), 'utf8').catch(() => '')))
  const ended = texts.join('').split('\n').flatMap(outcomeIn)
  return ended.map((outcome) => `${JSON.stringify(outcome)}\n`).join('')
}

function outcomeIn(line: string): object[] {
  if (!line.includes('"revert.ended"')) return []
  try {
    const { restoration, byHand } = JSON.parse(line).event
    return [{ restoration, byHand }]
  } catch {
    return [] // cut short by its death
  }
}
