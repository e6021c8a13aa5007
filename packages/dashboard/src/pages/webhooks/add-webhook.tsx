import { type WebhookCreated, WebhookRequest } from '@chaos-lite/shared/api'
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCreateWebhook } from '../../api/index.ts'
import { Copyable, fieldMistakes, ProblemAlert, useFieldMistakes } from '../../components/index.ts'

function Made({ made }: { made: WebhookCreated }) {
  return (
    <Stack>
      <Text size="sm">
        {made.url} is notified from now on. What is sent there is signed with this secret (the header
        chaos-lite-signature); it is shown only now.
      </Text>
      <Copyable text={made.secret} label="the secret" block />
    </Stack>
  )
}

function Ask({ onMade }: { onMade: (made: WebhookCreated) => void }) {
  const create = useCreateWebhook()
  const [url, setUrl] = useState('')
  const [purpose, setPurpose] = useState('')
  const { field, check } = useFieldMistakes(fieldMistakes(WebhookRequest, { url, purpose }))
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (check(event.currentTarget)) create.mutate({ url, purpose }, { onSuccess: onMade })
      }}
    >
      <Stack>
        {create.isError && <ProblemAlert error={create.error} title="Nothing was added" />}
        <TextInput
          {...field('url')}
          label="Address"
          description="Where messages are posted as JSON"
          placeholder="https://chat.example.com/hooks/1"
          type="url"
          required
          data-autofocus
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <TextInput
          {...field('purpose')}
          label="What it is for"
          placeholder="The chat of the people on call"
          value={purpose}
          onChange={(event) => setPurpose(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** An address that is notified when a person is needed; its secret is shown this once. */
export function AddWebhook({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<WebhookCreated | null>(null)
  const close = () => {
    setMade(null)
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title="Add a webhook" size="lg">
      {made === null ? <Ask onMade={setMade} /> : <Made made={made} />}
    </Modal>
  )
}
