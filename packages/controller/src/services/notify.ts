import type { Ulid } from '@chaos-lite/shared'
import pRetry from 'p-retry'
import type { Logger } from 'pino'
import { ulid } from 'ulid'
import { type Agent, request } from 'undici'
import { hmacHex } from '../secrets/index.ts'
import type { Store, StoredWebhook } from '../store/index.ts'
import type { Clock } from '../time/index.ts'
import { checkWebhookUrl, webhookDispatcher } from './webhook-address.ts'

/** What people are notified of without asking. */
export interface Notice {
  readonly type: 'run.stuck' | 'run.unconfirmed' | 'slot.missed' | 'test'
  readonly clientId: Ulid
  /** One sentence a manager understands. */
  readonly summary: string
  /** Null for a test. */
  readonly runId: Ulid | null
}

/** Sends messages to the webhooks of a company. What cannot be delivered is logged, and never holds up a run. */
export interface Notifier {
  /** Notifies every webhook of the client. Resolves when each has taken it or was given up; never rejects. */
  notify(notice: Notice): Promise<void>
  /** Notifies one webhook once, without retries; the answer as a sentence. */
  test(webhook: StoredWebhook): Promise<{ ok: boolean; detail: string }>
  /** Throws `request-invalid` where no webhook may go: see `webhook-address.ts`. */
  check(url: string): void
  close(): Promise<void>
}

interface NotifierDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly onFailed?: () => void
  /** Webhooks may go to this machine itself. */
  readonly toLoopback?: boolean
  /** How often and how long; the default gives up after about five minutes. */
  readonly retries?: { readonly retries: number; readonly minTimeout: number; readonly maxTimeout: number }
}

const TIMEOUT_MS = 10_000
const RETRIES = { retries: 6, minTimeout: 2_000, maxTimeout: 120_000 }

/**
 * Signs each message with the secret of its webhook and tries six more times, over some minutes, before it gives up.
 */
export function makeNotifier(deps: NotifierDeps): Notifier {
  const stopping = new AbortController()
  const rules = { toLoopback: deps.toLoopback ?? false }
  const dispatcher = webhookDispatcher(rules)
  const send = async (webhook: StoredWebhook, body: string) => {
    // One that was stored by an older controller is judged as well.
    checkWebhookUrl(webhook.url, rules)
    await post(webhook, body, { nowMs: deps.clock.nowMs(), signal: stopping.signal, dispatcher })
  }
  const under = new Set<Promise<void>>()

  const deliver = async (webhook: StoredWebhook, body: string) => {
    try {
      await pRetry(() => send(webhook, body), {
        ...(deps.retries ?? RETRIES),
        factor: 2,
        randomize: true,
        signal: stopping.signal,
      })
    } catch (error) {
      deps.onFailed?.()
      deps.log.error({ webhookId: webhook.webhookId, err: error }, 'a webhook did not take a message')
    }
  }
  const notifyAll = async (notice: Notice) => {
    try {
      const webhooks = await deps.store.webhooks.ofClient(notice.clientId)
      const body = bodyOf(notice, deps.clock.nowMs())
      await Promise.all(webhooks.map((webhook) => deliver(webhook, body)))
    } catch (error) {
      deps.log.error({ err: error }, 'people could not be notified')
    }
  }
  return {
    notify(notice) {
      const done = notifyAll(notice).finally(() => under.delete(done))
      under.add(done)
      return done
    },
    async test(webhook) {
      const notice: Notice = {
        type: 'test',
        clientId: webhook.clientId,
        summary: 'A test from Chaos Lite.',
        runId: null,
      }
      try {
        await send(webhook, bodyOf(notice, deps.clock.nowMs()))
        return { ok: true, detail: 'The receiver took the message.' }
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : String(error) }
      }
    },
    check: (url) => checkWebhookUrl(url, rules),
    async close() {
      stopping.abort()
      await Promise.all(under)
      await dispatcher.destroy()
    },
  }
}

function bodyOf(notice: Notice, nowMs: number): string {
  return JSON.stringify({ format: 'chaos-lite-notice/1', noticeId: ulid(), atMs: nowMs, ...notice })
}

interface Attempt {
  readonly nowMs: number
  readonly signal: AbortSignal
  readonly dispatcher: Agent
}

/**
 * One attempt. The signature is HMAC-SHA256 over `<milliseconds>.<body>`, so that a receiver can refuse forged and old
 * messages. Redirects are not followed: they could lead our message, or us, elsewhere.
 */
async function post(webhook: StoredWebhook, body: string, { nowMs, signal, dispatcher }: Attempt): Promise<void> {
  const answer = await request(webhook.url, {
    dispatcher,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'chaos-lite',
      'chaos-lite-signature': `t=${nowMs},v1=${hmacHex(webhook.secret, `${nowMs}.${body}`)}`,
    },
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  })
  await answer.body.dump()
  if (answer.statusCode < 200 || answer.statusCode > 299) {
    throw new Error(`The receiver answered ${answer.statusCode} where 2xx was expected.`)
  }
}

/** What a run row says that people are notified of. */
interface NotifiedRow {
  readonly runId: Ulid
  readonly clientId: Ulid
  readonly outcome: string | null
  readonly restoration: string
  readonly summary: string
}

/**
 * Notifies people once when something could not be rolled back, and once when a run has ended without the word of every host
 * that it is as it was: it may be down.
 */
export function notifyWhenStuck(notifier: Notifier): (row: NotifiedRow) => void {
  const notified = new Set<string>()
  return ({ runId, clientId, outcome, restoration, summary }) => {
    const unconfirmed = outcome !== null && (restoration === 'pending' || restoration === 'unknown')
    const type = restoration === 'stuck' ? 'run.stuck' : unconfirmed ? 'run.unconfirmed' : null
    if (type === null || notified.has(`${type} ${runId}`)) return
    notified.add(`${type} ${runId}`)
    void notifier.notify({ type, clientId, summary, runId })
  }
}
