import type { TokenView } from '@chaos-lite/shared/api'
import { Alert, Button, Checkbox, Code, Group, List, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useCreateToken } from '../../api/index.ts'
import { Copyable, Moment, ProblemAlert, readLabels } from '../../components/index.ts'

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
      <List type="ordered" size="sm" spacing={6}>
        <List.Item>
          Build the agent with <Code>npm run build</Code>, and note the SHA-256 digest that it prints.
        </List.Item>
        <List.Item>
          Copy <Code>scripts/install-agent.sh</Code> and <Code>dist/agent/linux-x64/chaos-lite-agent</Code> (linux-arm64
          for ARM) to the host, into one folder.
        </List.Item>
        <List.Item>
          On the host, type this in that folder. Replace <Code>DIGEST</Code> by the digest that the build printed.
        </List.Item>
      </List>
      <Copyable text={paste} label="the command" block />
      <Text size="sm" c="dimmed">
        The token lets one host in, once, and is shown only now. It is valid until <Moment ms={made.expiresMs} />. The
        host appears in the list as soon as it has connected.
      </Text>
      {isOnlyHere(made.command) && (
        <Alert icon={<IconInfoCircle />} color="ink" title="Only this machine reaches the controller">
          For other hosts, start the controller with --host 0.0.0.0 (or with --public-url behind a proxy), and make a
          new token.
        </Alert>
      )}
      <Alert icon={<IconInfoCircle />} color="ink">
        A host without a policy file offers harmless probes only. On the host, chaos-lite-agent doctor shows what may be
        done there, and which command would allow more.
      </Alert>
    </Stack>
  )
}

/** An address of the controller's own machine is of no use on a host elsewhere. */
function isOnlyHere(command: string): boolean {
  return /--controller https?:\/\/(?:127(?:\.\d+){3}|localhost|\[::1\])(?::\d+)? /.test(command)
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

/** From nothing to a command that installs the agent on the host. */
export function AddHost({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<TokenView | null>(null)
  const close = () => {
    setMade(null)
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title="Add a host" size="lg">
      {made === null ? <Ask onMade={setMade} /> : <Made made={made} />}
    </Modal>
  )
}
