import { AgentEvent, ChaosError, issuesText } from '@chaos-lite/shared'

/** A small part of what a fact may hold (`FACT_MAX_BYTES`). */
const MEANING_MAX_BYTES = 16 * 1024

/**
 * An event as the protocol allows it. Programs of the operating system put control characters and long lines into
 * their messages; one such character would make the controller refuse the frame for ever, and with it every later fact.
 * So offending characters become U+FFFD, what is too long is cut, and the fact is kept.
 * `said` is left out where it is so long that the fact might not be written for it: the text is what must not be lost.
 * @param withMeaning false: `said` is left out, see `Outbox.tellsMeanings`
 * @throws ChaosError `internal` when it cannot be repaired: a mistake of ours
 */
export function makeValid(event: AgentEvent, withMeaning = true): AgentEvent {
  const { said, ...texts } = event as AgentEvent & { said?: unknown }
  const isShort = Buffer.byteLength(JSON.stringify(said ?? null)) <= MEANING_MAX_BYTES
  let candidate: unknown = withMeaning && isShort ? event : texts
  for (let round = 0; round < 3; round++) {
    const parsed = AgentEvent.safeParse(candidate)
    if (parsed.success) return parsed.data
    candidate = structuredClone(candidate)
    for (const issue of parsed.error.issues) repairAt(candidate, issue.path, issue)
  }
  const wrong = issuesText(AgentEvent.safeParse(candidate).error ?? { issues: [] }, 'the fact')
  throw new ChaosError(
    'internal',
    `A fact of type ${event.type} has a form that the protocol does not allow: ${wrong}.`,
  )
}

interface Problem {
  readonly code?: string | undefined
  readonly maximum?: unknown
}

function repairAt(root: unknown, path: readonly PropertyKey[], problem: Problem): void {
  const last = path.at(-1)
  const holder = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], root)
  if (last === undefined || holder === null || typeof holder !== 'object') return
  const values = holder as Record<PropertyKey, unknown>
  values[last] = validValue(values[last], problem)
}

function validValue(value: unknown, problem: Problem): unknown {
  const limit = Number(problem.maximum)
  if (problem.code === 'too_big' && Array.isArray(value)) return value.slice(0, limit)
  if (typeof value === 'number') return Number.isFinite(value) ? Math.max(0, Math.round(value)) : null
  if (typeof value !== 'string') return value
  if (problem.code === 'too_big') return `${value.slice(0, limit - 1)}…`
  return value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
}
