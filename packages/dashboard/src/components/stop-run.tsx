import type { Phase } from '@chaos-lite/shared'
import { Code, Stack, Text } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { useAbort } from '../api/index.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { notifyDone, notifyProblem } from './notify.tsx'

/** The phases from which there is nothing left to stop. */
const TOO_LATE: ReadonlySet<Phase> = new Set(['reverting', 'verifying', 'ended'])

/** What to do on a host when the controller does not answer. */
export const HALT = 'chaos-lite-agent halt'

function backWords(phase: Phase, stopped: boolean): string {
  if (phase === 'verifying') return 'Rolled back; checking'
  return stopped ? 'Stopped: rolling back' : 'Rolling back'
}

interface StopRunProps {
  readonly runId: string
  readonly phase: Phase
  /** Somebody has stopped it already. */
  readonly stopped: boolean
  readonly size: 'xs' | 'md'
}

/** Stops one run. It is asked for again until the controller has acknowledged it; meanwhile the page says how else. */
export function StopRun({ runId, phase, stopped, size }: StopRunProps) {
  const abort = useAbort(runId)
  if (stopped || abort.isSuccess || TOO_LATE.has(phase)) {
    return (
      <Text size="sm" fw={600} c="var(--back)">
        {backWords(phase, stopped || abort.isSuccess)}
      </Text>
    )
  }
  return (
    <Stack gap={4} align="stretch">
      <ConfirmButton
        size={size}
        color="red.9"
        label="Stop and roll back"
        confirm="Press again to stop"
        loading={abort.isPending}
        leftSection={<IconHandStop size={size === 'xs' ? 16 : 20} aria-hidden />}
        onConfirm={() =>
          abort.mutate('stopped by hand', {
            onError: notifyProblem,
            onSuccess: () => notifyDone('Stopping: every host rolls back what was changed.'),
          })
        }
      />
      {abort.failureCount > 0 && abort.isPending && (
        <Text size="xs" c="var(--broken)" role="status" maw={280}>
          Not acknowledged yet; asked {abort.failureCount} times. On the host itself: <Code>{HALT}</Code>
        </Text>
      )}
    </Stack>
  )
}
