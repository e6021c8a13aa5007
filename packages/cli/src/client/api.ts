import { ChaosError, type ErrorCode, errorCatalogue } from '@chaos-lite/shared'
import { API, Problem } from '@chaos-lite/shared/api'
import { Agent, fetch } from 'undici'
import * as z from 'zod'
import type { Session } from './session-file.ts'
import { unreachable } from './unreachable.ts'
import { verified } from './verified.ts'

const TIMEOUT_MS = 60_000

/** The HTTP interface of a controller. Answers are checked; problems become ChaosErrors with their reasons. */
export interface Api {
  readonly session: Session
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>
  /** One page of a list. `total` as the controller counts: `10000+` when there are more. */
  page<T>(path: string, schema: z.ZodType<T>): Promise<ListPage<T>>
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>
  put<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>
  remove(path: string): Promise<void>
}

/** One page of a list, and where the next one begins; null: this was the last one. */
export interface ListPage<T> {
  readonly items: readonly T[]
  readonly total: string
  readonly next: string | null
}

/** Every item of a list, page by page. `path` may have a query already. */
export async function allOf<T>(api: Pick<Api, 'page'>, path: string, schema: z.ZodType<T>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const join = path.includes('?') ? '&' : '?'
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: ListPage<T> = await api.page(`${path}${join}limit=500${from}`, schema)
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return items
}

/**
 * Speaks the HTTP API as the session's user. Throws the `ChaosError` of a refusal, and one that names the address when
 * nothing answers.
 */
export async function connectApi(session: Session): Promise<Api> {
  const dispatcher = new Agent({ connect: await verified(session.caFile) })
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers: Record<string, string> = { authorization: `Bearer ${session.token}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const init = { method, headers, dispatcher, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await fetch(`${session.url}${API}${path}`, init).catch((cause: unknown) => {
      throw unreachable(session, cause)
    })
    const text = await response.text()
    if (!response.ok) throw problemOf(text, response.status)
    return { json: text === '' ? undefined : jsonOf(text), headers: response.headers }
  }
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    (await ask(method, path, body)).json
  return {
    session,
    get: async (path, schema) => understood(schema, await call('GET', path)),
    page: async (path, schema) => {
      const { json, headers } = await ask('GET', path)
      const items = understood(z.array(schema), json)
      return { items, total: headers.get('total-count') ?? String(items.length), next: headers.get('next-cursor') }
    },
    post: async (path, body, schema) => understood(schema, await call('POST', path, body)),
    put: async (path, body, schema) => understood(schema, await call('PUT', path, body)),
    remove: async (path) => void (await call('DELETE', path)),
  }
}

/** The error that a controller answered with. */
export function problemOf(text: string, status: number): ChaosError {
  try {
    const problem = Problem.parse(JSON.parse(text))
    const code: ErrorCode = Object.hasOwn(errorCatalogue, problem.code) ? (problem.code as ErrorCode) : 'internal'
    return new ChaosError(code, problem.detail, { items: problem.items ?? [] })
  } catch {
    return new ChaosError(
      'internal',
      `The controller answered ${status} in a form that this program does not know. ${OTHER}`,
    )
  }
}

const OTHER = 'Is it a Chaos Lite controller, of the same version as this program?'

/** An answer by its schema. What the schema says of an answer that is another helps nobody at a terminal. */
export function understood<T>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new ChaosError('internal', `The controller answered in a form that this program does not know. ${OTHER}`, {
    cause: parsed.error,
  })
}

/** @throws ChaosError `internal` for what is no JSON, such as the page of a proxy */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ChaosError('internal', `The controller answered in a form that this program does not know. ${OTHER}`, {
      cause,
    })
  }
}
