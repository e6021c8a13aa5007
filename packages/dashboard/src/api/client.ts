import { API, Problem } from '@chaos-lite/shared/api'

/** An answer of the controller that says no, in its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

const UNREACHABLE: Problem = {
  title: 'The controller cannot be reached.',
  status: 0,
  detail:
    'The controller did not answer. Check that it runs and that your network reaches it; this page tries again by itself.',
  code: 'unreachable',
}

function unreadable(status: number): Problem {
  const detail = `The controller, or a proxy before it, answered ${status} with something this page cannot read.`
  return { title: 'An answer that cannot be read.', status, detail, code: 'internal' }
}

async function problemOf(response: Response): Promise<Problem> {
  const parsed = Problem.safeParse(await response.json().catch(() => null))
  return parsed.success ? parsed.data : unreadable(response.status)
}

/** Anything with zod's `parse` shape; answers are checked because a newer controller may answer differently. */
interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: unknown }
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

async function send(method: Method, path: string, body: unknown, withinMs?: number): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } }
  if (withinMs !== undefined) init.signal = AbortSignal.timeout(withinMs)
  if (body !== undefined) {
    init.body = JSON.stringify(body)
    init.headers = { ...init.headers, 'content-type': 'application/json' }
  }
  const response = await fetch(API + path, init).catch(() => null)
  if (response === null) throw new ApiError(UNREACHABLE)
  if (!response.ok) throw new ApiError(await problemOf(response))
  return response
}

/** Asks the controller. Throws `ApiError` with the controller's own sentence, or when no answer came within `withinMs`. */
export async function request<T>(
  method: Method,
  path: string,
  schema: Schema<T>,
  body?: unknown,
  withinMs?: number,
): Promise<T> {
  const response = await send(method, path, method === 'POST' ? (body ?? {}) : body, withinMs)
  const parsed = schema.safeParse(await response.json().catch(() => null))
  if (!parsed.success) throw new ApiError(unreadable(response.status))
  return parsed.data
}

/** One page of a list. `total` as the controller counts: `10000+` when there are more. `next` begins the next page. */
export interface ListPage<T> {
  readonly items: readonly T[]
  readonly total: string
  /** Null: this is the last page. */
  readonly next: string | null
}

/** Asks for one page of a list. */
export async function requestPage<T>(path: string, schema: Schema<T[]>): Promise<ListPage<T>> {
  const response = await send('GET', path, undefined)
  const parsed = schema.safeParse(await response.json().catch(() => null))
  if (!parsed.success) throw new ApiError(unreadable(response.status))
  const total = response.headers.get('total-count') ?? String(parsed.data.length)
  return { items: parsed.data, total, next: response.headers.get('next-cursor') }
}

/** Tells the controller something that has no answer but "done". */
export async function command(method: Method, path: string, body?: unknown): Promise<void> {
  await send(method, path, method === 'POST' ? (body ?? {}) : body)
}

/** Any thrown value as a problem to show. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof ApiError) return thrown.problem
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return { title: 'This page failed.', status: 0, detail, code: 'internal' }
}
