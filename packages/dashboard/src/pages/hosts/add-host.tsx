import type { TokenView } from '@chaos-lite/shared/api'
import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useCreateToken } from '../../api/hosts.ts'
import { Copyable } from '../../components/copyable.tsx'
import { readLabels } from '../../components/labels-text.ts'
import { Moment } from '../../components/moment.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'

const HOUR_MS = 3_600_000
const VALID = [
  { value: String(HOUR_MS), label: 'one hour' },
  { value: String(24 * HOUR_MS), label: 'one day' },
  { value: String(7 * 24 * HOUR_MS), label: 'one week' },
]

function Made({ made }: { made: TokenView }) {
  const paste = `echo '${made.token}' | sudo ${made.command}`
  return (
    <Stack>
      <Text size="sm">Type this on the host. The token lets one host in, once, and is shown only now.</Text>
      <Copyable text={paste} label="the command" block />
      <Text size="sm" c="dimmed">
        Valid until <Moment ms={made.expiresMs} />. The host appears in the list as soon as it has connected.
      </Text>
      <Alert icon={<IconInfoCircle />} color="ink">
        A host without a policy file offers harmless probes only. On the host, chaos-lite-agent doctor shows what may be
        done there, and which command would allow more.
      </Alert>
    </Stack>
  )
}

function Ask({ onMade }: { onMade: (made: TokenView) => void }) {
  const create = useCreateToken()
  const [labels, setLabels] = useState('')
  const [approve, setApprove] = useState(true)
  const [validForMs, setValid] = useState(String(HOUR_MS))
  const read = readLabels(labels)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (read.ok)
          create.mutate({ labels: read.labels, approve, validForMs: Number(validForMs) }, { onSuccess: onMade })
      }}
    >
      <Stack>
        {create.isError && <ProblemAlert error={create.error} title="No token was made" />}
        <TextInput
          label="Labels"
          description="Drills choose their hosts by labels."
          placeholder="role: erp-primary, site: north"
          data-autofocus
          value={labels}
          error={read.ok ? null : read.message}
          onChange={(event) => setLabels(event.currentTarget.value)}
        />
        <Select
          label="The token is valid for"
          data={VALID}
          allowDeselect={false}
          value={validForMs}
          onChange={(value) => value !== null && setValid(value)}
        />
        <Checkbox
          label="Let the host take part at once"
          description="Otherwise an administrator approves it in this list first."
          checked={approve}
          onChange={(event) => setApprove(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button type="submit" disabled={!read.ok} loading={create.isPending}>
            Make a token
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** From nothing to a command that can be pasted on the host. */
export function AddHost({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<TokenView | null>(null)
  const close = () => {
    setMade(null)
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title="Add a host" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      {made === null ? <Ask onMade={setMade} /> : <Made made={made} />}
    </Modal>
  )
}
