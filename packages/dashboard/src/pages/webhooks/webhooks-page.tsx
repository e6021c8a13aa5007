import { Button, EmptyState, Paper, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { useWebhooks } from '../../api/index.ts'
import { Loaded, Page } from '../../components/index.ts'
import { AddWebhook } from './add-webhook.tsx'
import { WebhookItem } from './webhook-item.tsx'

/** For administrators: the controller answers nobody else. */
export function WebhooksPage() {
  const webhooks = useWebhooks()
  const [adding, add] = useDisclosure()
  const button = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={add.open}>
      Add a webhook
    </Button>
  )
  return (
    <Page
      title="Webhooks"
      intro="Webhooks that are notified when a person is needed: a host that could not be rolled back, a drill that was missed."
      actions={button}
    >
      <AddWebhook opened={adding} onClose={add.close} />
      <Loaded query={webhooks}>
        {(all) =>
          all.length === 0 ? (
            <Paper withBorder p="xl">
              <EmptyState
                icon={<IconWebhook size={40} />}
                variant="light"
                title="There are no webhooks yet"
                description="A chat, a pager or a ticket system that takes messages by HTTP can be notified here."
              >
                <EmptyState.Actions>{button}</EmptyState.Actions>
              </EmptyState>
            </Paper>
          ) : (
            <Stack gap="sm">
              {all.map((webhook) => (
                <WebhookItem key={webhook.webhookId} webhook={webhook} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  )
}
