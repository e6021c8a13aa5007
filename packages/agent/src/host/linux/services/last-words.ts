import * as z from 'zod'
import { run } from '../run.ts'

const queryTimeoutMs = 5000
const maxLength = 300
const looked = 20
/** The message with which systemd begins a start (`SD_MESSAGE_UNIT_STARTING`). */
const starting = '7d4958e842da4a758f6c1cdc7b36dcc5'

const Entry = z.object({
  MESSAGE: z.string(),
  _PID: z.string().default(''),
  MESSAGE_ID: z.string().default(''),
})

/** The last line of the journal about a unit. Never throws: without a journal there is none. */
export async function lastWords(unit: string): Promise<string | null> {
  const how = [`--lines=${looked}`, '--output=json', '--no-pager', '--quiet']
  const argv = ['journalctl', `--unit=${unit}`, ...how] as const
  const finished = await run([...argv], { timeoutMs: queryTimeoutMs }).catch(() => null)
  return finished?.code === 0 ? lastLineIn(finished.stdout) : null
}

/** The last line that the unit itself wrote since its last start, because it says more than systemd's "Failed to start". */
export function lastLineIn(entries: string): string | null {
  const newestFirst = entries.split('\n').flatMap(entryIn).reverse()
  const begun = newestFirst.findIndex(({ MESSAGE_ID }) => MESSAGE_ID === starting)
  const ofLastStart = begun < 0 ? newestFirst : newestFirst.slice(0, begun)
  const own = ofLastStart.find(({ _PID }) => _PID !== '1') ?? newestFirst[0]
  const line = (own?.MESSAGE ?? '')
    .replaceAll(/[^\P{C} ]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line === '' ? null : line.slice(0, maxLength)
}

function entryIn(row: string): z.infer<typeof Entry>[] {
  try {
    const parsed = Entry.safeParse(JSON.parse(row))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}
