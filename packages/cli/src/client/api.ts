import { ChaosError, type ErrorCode, errorCatalogue } from '@chaos-lite/shared'
import { API, Problem } from '@chaos-lite/shared/api'
import { Agent, fetch } from 'undici'
import type * as z from 'zod'
import type { Session } from './session-file.ts'
import { verified } from './verified.ts'

const TIMEOUT_MS = 60_000

/** The HTTP interface of a controller. Answers are checked; problems become ChaosErrors with their reasons. */
export interface Api {
  readonly session: Session
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>
  remove(path: string): Promise<void>
}

export async function connectApi(session: Session): Promise<Api> {
  const dispatcher = new Agent({ connect: await verified(session.caFile) })
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers: Record<string, string> = { authorization: `Bearer ${session.token}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const init = { method, headers, dispatcher, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await fetch(`${session.url}${API}${path}`, init).catch((cause: unknown) => {
      throw unreachable(session.url, cause)
    })
    const text = await response.text()
    if (!response.ok) throw problemOf(text, response.status)
    return text === '' ? undefined : JSON.parse(text)
  }
  return {
    session,
    get: async (path, schema) => schema.parse(await call('GET', path)),
    post: async (path, body, schema) => schema.parse(await call('POST', path, body)),
    remove: async (path) => void (await call('DELETE', path)),
  }
}

export function unreachable(url: string, cause: unknown): ChaosError {
  const why =
    cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause)
  return new ChaosError(
    'timed-out',
    `The controller at ${url} does not answer: ${why}. Is it running, and is the address right?`,
    { cause },
  )
}

/** The error that a controller answered with. */
export function problemOf(text: string, status: number): ChaosError {
  try {
    const problem = Problem.parse(JSON.parse(text))
    const code: ErrorCode = Object.hasOwn(errorCatalogue, problem.code) ? (problem.code as ErrorCode) : 'internal'
    return new ChaosError(code, problem.detail, { items: problem.items ?? [] })
  } catch {
    return new ChaosError('internal', `The controller answered ${status} in a form this program does not know.`)
  }
}
