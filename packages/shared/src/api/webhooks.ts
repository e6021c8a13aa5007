import * as z from 'zod'
import { paragraph, Ulid } from '../primitives.ts'

/** Where it leads is judged by the controller; what no address of a webhook has, everywhere. */
const WebhookUrl = z.url().max(1024).refine(isPlainHttp, 'must begin with http:// or https:// and hold no password')

function isPlainHttp(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

/** Asks for a webhook. Where it may lead is decided by the controller (`webhook-address.ts`), not by this schema. */
export const WebhookRequest = z.object({ url: WebhookUrl, purpose: paragraph(200).default('') })
/** A webhook without its secret, which is shown only in the answer that creates it. */
export const WebhookView = z.object({ webhookId: Ulid, url: z.string(), purpose: z.string() })
export type WebhookView = z.infer<typeof WebhookView>
/** The answer to making one: its secret is shown this once. Receivers check `chaos-lite-signature` with it. */
export const WebhookCreated = WebhookView.extend({ secret: z.string() })
export type WebhookCreated = z.infer<typeof WebhookCreated>
/** What came of one test message: `detail` is a sentence, also when the receiver refused or did not answer. */
export const WebhookTestView = z.object({ ok: z.boolean(), detail: z.string() })
export type WebhookTestView = z.infer<typeof WebhookTestView>

/** Where monitoring sends alerts of one drill. The address is a secret: who knows it can report an alert. */
export const AlertAddressView = z.object({ url: z.string() })
export type AlertAddressView = z.infer<typeof AlertAddressView>
