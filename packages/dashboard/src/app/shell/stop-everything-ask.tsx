import { Button, Group, List, Stack, Text } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import type { useStopAll } from '../../api/index.ts'
import { useLiveRuns } from '../../api/index.ts'
import { ProblemAlert } from '../../components/index.ts'
import { StopTriesNotice } from './stop-tries-notice.tsx'

interface AskProps {
  readonly stop: ReturnType<typeof useStopAll>
  readonly onCancel: () => void
}

/** What will be stopped, and one more press. */
export function StopEverythingAsk({ stop, onCancel }: AskProps) {
  const { data: live = [] } = useLiveRuns()
  return (
    <Stack>
      <Text>Every drill under way is stopped, and every host rolls back what was changed on it, at once.</Text>
      {live.length === 0 ? (
        <Text c="dimmed">No drill is known to be under way. Stopping does no harm.</Text>
      ) : (
        <List>
          {live.map((run) => (
            <List.Item key={run.runId}>{run.title}</List.Item>
          ))}
        </List>
      )}
      <StopTriesNotice />
      {stop.isError && <ProblemAlert error={stop.error} title="The controller refused to stop everything" />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {stop.isPending ? 'Close, and keep asking' : live.length === 0 ? 'Cancel' : 'Leave them running'}
        </Button>
        <Button
          color="red"
          data-autofocus
          loading={stop.isPending}
          leftSection={<IconHandStop size={18} aria-hidden />}
          onClick={() => stop.mutate()}
        >
          Stop and roll back everything
        </Button>
      </Group>
    </Stack>
  )
}
