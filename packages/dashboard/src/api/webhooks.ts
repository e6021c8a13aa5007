import { WebhookCreated, type WebhookRequest, WebhookTestView, WebhookView } from '@chaos-lite/shared/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import * as z from 'zod'
import { command, request } from './client.ts'

const KEY = ['webhooks']

/** The webhooks of the companies that the user may see, without their secrets. For administrators only. */
export function useWebhooks() {
  return useQuery({ queryKey: KEY, queryFn: () => request('GET', '/webhooks', z.array(WebhookView)) })
}

/** Adds one. Its secret comes with the answer, this once. */
export function useCreateWebhook() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof WebhookRequest>) => request('POST', '/webhooks', WebhookCreated, body),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  })
}

/** Sends a test message now, and reports what the other end answered. */
export function useTestWebhook() {
  return useMutation({
    mutationFn: (webhookId: string) => request('POST', `/webhooks/${webhookId}/test`, WebhookTestView),
  })
}

/** Removes a webhook for good and reads the list again. */
export function useRemoveWebhook() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (webhookId: string) => command('DELETE', `/webhooks/${webhookId}`),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  })
}
