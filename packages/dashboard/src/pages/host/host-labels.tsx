import type { HostView } from '@chaos-lite/shared/api'
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMay, useSetLabels } from '../../api/index.ts'
import { Labels, notifyDone, Panel, ProblemAlert, readLabels, writeLabels } from '../../components/index.ts'

function Edit({ host, onDone }: { host: HostView; onDone: () => void }) {
  const save = useSetLabels()
  const [text, setText] = useState(writeLabels(host.labels))
  const read = readLabels(text)
  const done = () => {
    notifyDone('The labels are set.')
    onDone()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (read.ok) save.mutate({ hostId: host.hostId, labels: read.labels }, { onSuccess: done })
      }}
    >
      {save.isError && <ProblemAlert error={save.error} title="The labels were not set" />}
      <TextInput
        label="Labels"
        autoFocus
        value={text}
        error={read.ok ? null : read.message}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group mt="sm">
        <Button type="submit" disabled={!read.ok} loading={save.isPending}>
          Save
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </Group>
    </form>
  )
}

/** What the host says of itself: it decides nothing until an administrator confirms it. */
function Proposed({ host }: { host: HostView }) {
  const save = useSetLabels()
  const settle = (labels: HostView['labels'], message: string) =>
    save.mutate({ hostId: host.hostId, labels }, { onSuccess: () => notifyDone(message) })
  return (
    <Stack gap="xs" mt="sm">
      <Text size="sm">The host proposes these labels. Drills ignore them until you confirm them:</Text>
      <Labels labels={host.proposedLabels} />
      {save.isError && <ProblemAlert error={save.error} title="The labels were not set" />}
      <Group>
        <Button
          size="xs"
          loading={save.isPending}
          onClick={() => settle({ ...host.labels, ...host.proposedLabels }, 'The proposed labels are confirmed.')}
        >
          Confirm
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={save.isPending}
          onClick={() => settle(host.labels, 'The proposed labels are dismissed.')}
        >
          Dismiss
        </Button>
      </Group>
    </Stack>
  )
}

/** The labels decide which drills reach a host. */
export function HostLabels({ host }: { host: HostView }) {
  const [editing, setEditing] = useState(false)
  const may = useMay('administrator')
  const change = may && !editing && (
    <Button size="xs" variant="default" onClick={() => setEditing(true)}>
      Change
    </Button>
  )
  return (
    <Panel title="Labels" hint="Drills choose their hosts by labels." side={change}>
      {editing ? <Edit host={host} onDone={() => setEditing(false)} /> : <Labels labels={host.labels} />}
      {may && !editing && Object.keys(host.proposedLabels).length > 0 && <Proposed host={host} />}
    </Panel>
  )
}
