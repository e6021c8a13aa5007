import { WebhookCreated, WebhookTestView, WebhookView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { webhookIdOf } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { plainTable } from '../print/index.ts'
import { answer, type CommandContext } from './context.ts'

/** The webhooks that this user may see, without their secrets. */
export async function listWebhooks(context: CommandContext): Promise<ExitCode> {
  const webhooks = await (await context.api()).get('/webhooks', z.array(WebhookView))
  answer(context, webhooks, () =>
    plainTable(
      ['WEBHOOK', 'FOR', 'ADDRESS'],
      webhooks.map(({ webhookId, purpose, url }) => [webhookId, purpose === '' ? '-' : purpose, url]),
    ),
  )
  return ExitCode.ok
}

/** Prints the secret of the new webhook, which nobody can read again. */
export async function addWebhook(
  context: CommandContext,
  given: { readonly url: string; readonly purpose: string },
): Promise<ExitCode> {
  const made = await (await context.api()).post('/webhooks', given, WebhookCreated)
  answer(context, made, () =>
    [
      `${made.url} is notified from now on (${made.webhookId}).`,
      `Its secret, shown this once, signs what is sent there (chaos-lite-signature): ${made.secret}`,
    ].join('\n'),
  )
  return ExitCode.ok
}

/** Sends a test message now; what the other end answered decides the exit code. */
export async function testWebhook(context: CommandContext, webhook: string): Promise<ExitCode> {
  const api = await context.api()
  const webhookId = await webhookIdOf(api, webhook)
  const came = await api.post(`/webhooks/${encodeURIComponent(webhookId)}/test`, {}, WebhookTestView)
  answer(context, came, () => (came.ok ? came.detail : context.terminal.style('red', came.detail)))
  return came.ok ? ExitCode.ok : ExitCode.failed
}

/** `webhook` is its id, or its address where only one has it. */
export async function removeWebhook(context: CommandContext, webhook: string): Promise<ExitCode> {
  const api = await context.api()
  const webhookId = await webhookIdOf(api, webhook)
  await api.remove(`/webhooks/${encodeURIComponent(webhookId)}`)
  answer(context, { removed: webhookId }, () => `Webhook ${webhookId} is removed; nothing is sent there any more.`)
  return ExitCode.ok
}
