import type { WebhookView } from '@chaos-lite/shared/api'
import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useRemoveWebhook, useTestWebhook } from '../../api/index.ts'
import { ConfirmButton, notifyProblem, ToneBadge } from '../../components/index.ts'

/** One webhook: where it leads, what for, and how a test message went. */
export function WebhookItem({ webhook: { webhookId, url, purpose } }: { webhook: WebhookView }) {
  const trial = useTestWebhook()
  const remove = useRemoveWebhook()
  return (
    <Paper withBorder p="md" component="article">
      <Stack gap={6}>
        <Group justify="space-between">
          <Text fw={650}>{purpose === '' ? 'No purpose was given' : purpose}</Text>
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              loading={trial.isPending}
              onClick={() => trial.mutate(webhookId, { onError: notifyProblem })}
            >
              Send a test
            </Button>
            <ConfirmButton
              size="xs"
              variant="default"
              label="Remove"
              confirm="Press again to remove"
              loading={remove.isPending}
              onConfirm={() => remove.mutate(webhookId, { onError: notifyProblem })}
            />
          </Group>
        </Group>
        <Text size="sm">{url}</Text>
        <div aria-live="polite">
          {trial.data !== undefined && (
            <Group gap="xs">
              <ToneBadge tone={trial.data.ok ? 'good' : 'bad'}>{trial.data.ok ? 'Received' : 'Not received'}</ToneBadge>
              <Text size="sm">{trial.data.detail}</Text>
            </Group>
          )}
        </div>
      </Stack>
    </Paper>
  )
}
