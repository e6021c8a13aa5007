import type { Run } from '@chaos-lite/shared'
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useMay, useNote } from '../../api/index.ts'
import { Moment, notifyProblem, Panel } from '../../components/index.ts'

/** Notes are one line on the record. */
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

/** What people saw, with name and time, on the record like everything else. */
export function NotesPanel({ run, runId }: { run: Run; runId: string }) {
  const add = useNote(runId)
  const may = useMay('operator')
  const [text, setText] = useState('')
  const submit = () => add.mutate(oneLine(text), { onError: notifyProblem, onSuccess: () => setText('') })
  const writable = may && run.phase !== 'ended'
  return (
    <Panel title="Observations" hint="What people saw. Kept in the record with name and time; nothing is edited later.">
      <Stack gap="sm">
        {run.observations.length === 0 && <Text c="dimmed">None so far.</Text>}
        {run.observations.map((one) => (
          <Text key={`${one.ms} ${one.note}`} size="sm">
            <Moment ms={one.ms} precise />, {one.by}: {one.note}
          </Text>
        ))}
        {writable && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              submit()
            }}
          >
            <Stack gap="xs">
              <Textarea
                aria-label="New observation"
                placeholder="What do you see?"
                autosize
                minRows={2}
                maxLength={500}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
              <Group>
                <Button type="submit" variant="default" disabled={oneLine(text) === ''} loading={add.isPending}>
                  Write it down
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Stack>
    </Panel>
  )
}
