import { Agent, request } from 'node:http'

/** A controller to be asked, and its long run. */
export interface Asked {
  readonly url: string
  readonly token: string
  readonly runId: string
}

interface Answer {
  readonly status: number
  readonly tookMs: number
}

const sockets = new Agent({ keepAlive: true, maxSockets: 64 })

/** Asks once. Long answers are read and thrown away. */
export function ask({ url, token }: Asked, path: string, body: object | null = null): Promise<Answer> {
  const begunMs = performance.now()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const asking = request(`${url}${path}`, { method: body ? 'POST' : 'GET', headers, agent: sockets }, (answer) => {
      answer.resume()
      answer.once('error', reject)
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, tookMs: performance.now() - begunMs }))
    })
    asking.once('error', reject)
    asking.end(body === null ? undefined : JSON.stringify(body))
  })
}

const API = '/api/v1'
const brackets = { source: '['.repeat(100_000), file: 'x.yaml' }
const long = { source: 'a: b\n'.repeat(20_000), file: 'x.yaml' }
const rare = { cron: '* * 29 2 1', timeZone: 'Europe/Berlin', fromMs: 0, count: 1_000 }

/** The worst that one user may ask for, all at once. Throws when the records were refused: then it was not the worst. */
export async function worst(of: Asked): Promise<void> {
  // Those of an earlier round may be about to be closed by the other side.
  sockets.destroy()
  const many = (count: number, one: () => Promise<Answer>) => Array.from({ length: count }, one)
  const records = Promise.all(many(10, () => ask(of, `${API}/runs/${of.runId}/record`)))
  await Promise.all([
    ...many(6, () => ask(of, `${API}/drills/validate`, brackets)),
    ...many(6, () => ask(of, `${API}/drills/validate`, long)),
    ...many(6, () => ask(of, `${API}/schedules/preview`, rare)),
    ...many(4, () => ask(of, `${API}/runs/${of.runId}`)),
    records,
  ])
  const refused = (await records).find(({ status }) => status !== 200)
  if (refused !== undefined) throw new Error(`A record was answered with ${refused.status}.`)
}

/** How long stopping everything takes to be answered, in milliseconds. */
export async function stopAllMs(of: Asked): Promise<number> {
  const { status, tookMs } = await ask(of, `${API}/stop-all`, {})
  if (status !== 200) throw new Error(`Stopping everything was answered with ${status}.`)
  return tookMs
}
