import { run } from '../run.ts'

const queryTimeoutMs = 5000
const maxLength = 300

/** The last line of the journal about a unit. Never throws: without a journal there is none. */
export async function lastWords(unit: string): Promise<string | null> {
  const argv = ['journalctl', `--unit=${unit}`, '--lines=1', '--output=cat', '--no-pager', '--quiet'] as const
  const finished = await run([...argv], { timeoutMs: queryTimeoutMs }).catch(() => null)
  if (finished?.code !== 0) return null
  const line = finished.stdout
    .replaceAll(/[^\P{C} ]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line === '' ? null : line.slice(0, maxLength)
}
