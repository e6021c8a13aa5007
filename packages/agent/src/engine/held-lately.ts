import { Ms, Ulid, UtcMs } from '@chaos-lite/shared'
import * as z from 'zod'
import { codeOf } from '../durable/index.ts'
import type { RecordHead } from '../journal/index.ts'
import type { PolicyRequest } from '../policy/index.ts'
import { readFile, rename, writeFile } from '../small-files/index.ts'
import type { EngineDeps } from './deps.ts'

const DAY_MS = 24 * 3_600_000
/** However short: a failure counts as much as this, so that a day has room for a bounded number of them. */
const LEAST_MS = 60_000
const MOST_HOLDS = 2_000

const Hold = z.strictObject({ runId: Ulid, heldMs: Ms, endedWallMs: UtcMs })
type Hold = z.infer<typeof Hold>
const Held = z.strictObject({ format: z.literal(1), holds: z.array(Hold).max(MOST_HOLDS) })

/** Beside the journal: what was held for controllers during the last day. Rehearsals are the owner's own and not counted. */
function pathOf({ journal }: EngineDeps): string {
  return `${journal.folder}-held.json`
}

async function holdsOfToday(deps: EngineDeps): Promise<Hold[]> {
  try {
    const { holds } = Held.parse(JSON.parse(await readFile(pathOf(deps), 'utf8')))
    const nowMs = deps.host.clock.wallMs()
    return holds.filter(({ endedWallMs }) => Math.abs(nowMs - endedWallMs) < DAY_MS)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') deps.warn('what was held during the last day cannot be read', thrown)
    return []
  }
}

/** What the policy has to know before one more failure is started for that run. Needs the lock. */
export async function heldLately(deps: EngineDeps, runId: string): Promise<NonNullable<PolicyRequest['lately']>> {
  const holds = await holdsOfToday(deps)
  const { records } = await deps.journal.list()
  // What is still held counts with all the time that it may take: else failures side by side would count as none.
  const openMs = records.map(({ head }) => (head.runId === null ? 0 : Math.max(head.holdMs, LEAST_MS)))
  const heldMs = [...holds.map((hold) => Math.max(hold.heldMs, LEAST_MS)), ...openMs].reduce((sum, ms) => sum + ms, 0)
  // The failures of one run belong together: there is no rest between them.
  const others = holds.filter((hold) => hold.runId !== runId)
  const nowMs = deps.host.clock.wallMs()
  const restedMs = others.map(({ endedWallMs }) => Math.max(0, nowMs - endedWallMs))
  return { heldMs, restedMs: restedMs.length === 0 ? null : Math.min(...restedMs) }
}

/**
 * Notes that a record was rolled back. Not forced to disk: a power cut may lose the last entry, which no controller can
 * bring about. Never throws. Needs the lock.
 */
export async function noteHeld(deps: EngineDeps, head: RecordHead): Promise<void> {
  const { runId } = head
  if (runId === null) return
  try {
    const hold = { runId, heldMs: heldMsOf(deps, head), endedWallMs: Math.floor(deps.host.clock.wallMs()) }
    const holds = [...(await holdsOfToday(deps)), hold].slice(-MOST_HOLDS)
    const fresh = `${pathOf(deps)}.new`
    await writeFile(fresh, JSON.stringify({ format: 1, holds } satisfies z.infer<typeof Held>), { mode: 0o600 })
    await rename(fresh, pathOf(deps))
  } catch (thrown) {
    deps.warn('what was held during the last day cannot be noted', thrown)
  }
}

/** By the monotonic clock on the boot that it began on; over a restart of the machine only the calendar clock is left. */
function heldMsOf({ host: { clock } }: EngineDeps, head: RecordHead): number {
  const longestMs = head.revertByWallMs - head.preparedWallMs
  const sinceMs =
    clock.bootId === head.bootId
      ? clock.monoMs() - (head.revertByMonoMs - longestMs)
      : clock.wallMs() - head.preparedWallMs
  return Math.round(Math.min(Math.max(0, sinceMs), DAY_MS))
}
