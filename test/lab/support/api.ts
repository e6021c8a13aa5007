import { readFile } from 'node:fs/promises'
import { API } from '@chaos-lite/shared/api'
import { Agent, fetch } from 'undici'

const PASSWORD = 'correct horse battery staple'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** The controller refused: `problem` is what it answered. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly problem: unknown

  constructor(what: string, status: number, problem: unknown) {
    super(`${what} was answered with ${status}: ${JSON.stringify(problem)}`)
    this.status = status
    this.problem = problem
  }
}

/** The controller's HTTP interface, as the command line uses it: over TLS, with a bearer token of the administrator. */
export class Api implements AsyncDisposable {
  readonly #url: string
  readonly #agent: Agent
  #token = ''

  private constructor(url: string, ca: string) {
    this.#url = url
    this.#agent = new Agent({ connect: { ca } })
  }

  /** Logs in with the one-time password, and sets another. */
  static async open(url: string, options: { caFile: string; firstPassword: string }): Promise<Api> {
    const api = new Api(url, await readFile(options.caFile, 'utf8'))
    await api.#logIn(options.firstPassword)
    await api.post('session/password', { current: options.firstPassword, next: PASSWORD })
    await api.#logIn(PASSWORD)
    return api
  }

  async get<T>(path: string): Promise<T> {
    return await this.#ask<T>('GET', path)
  }

  async post<T>(path: string, body?: object): Promise<T> {
    return await this.#ask<T>('POST', path, body)
  }

  async put<T>(path: string, body: object): Promise<T> {
    return await this.#ask<T>('PUT', path, body)
  }

  async #logIn(password: string): Promise<void> {
    const { token } = await this.#ask<{ token: string }>('POST', 'session', { user: 'admin', password })
    this.#token = token
  }

  async #ask<T>(method: Method, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.#url}${API}/${path}`, {
      method,
      dispatcher: this.#agent,
      headers: {
        ...(path === 'session' ? { 'accept-token': 'yes' } : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await answer.text()
    const json: unknown = text === '' ? null : JSON.parse(text)
    if (!answer.ok) throw new ApiError(`${method} ${path}`, answer.status, json)
    return json as T
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.close()
  }
}
