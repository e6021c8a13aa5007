import type { Run } from '@chaos-lite/shared'
import { Box, Group, Stack, Text } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { useAbort } from '../../api/runs.ts'
import { useMay } from '../../api/session.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone, notifyProblem } from '../../components/notify.tsx'
import { clockOf } from '../../components/times.ts'
import { phaseWords, stageOf } from '../../words/run-words.ts'
import { PhaseRail } from './phase-rail.tsx'
import classes from './run.module.css'

/** The phases from which there is nothing left to stop. */
const TOO_LATE: ReadonlySet<string> = new Set(['reverting', 'verifying', 'ended'])

function backWords(run: Run, stopped: boolean): string {
  if (run.phase === 'verifying') return 'Put back; checking'
  return stopped ? 'Stopped: putting back' : 'Putting back'
}

function Stop({ run, runId }: { run: Run; runId: string }) {
  const abort = useAbort(runId)
  const stopped = run.aborts.length > 0 || abort.isSuccess
  if (stopped || TOO_LATE.has(run.phase)) {
    return (
      <Text size="sm" fw={600} c="var(--back)">
        {backWords(run, stopped)}
      </Text>
    )
  }
  return (
    <ConfirmButton
      size="md"
      color="red.9"
      label="Stop and put back"
      confirm="Press again to stop"
      loading={abort.isPending}
      leftSection={<IconHandStop size={20} aria-hidden />}
      onConfirm={() =>
        abort.mutate('stopped by hand', {
          onError: notifyProblem,
          onSuccess: () => notifyDone('Stopping: every host puts back what was changed.'),
        })
      }
    />
  )
}

/** Where the run stands and the way to stop it, always in reach: on top, or at the bottom of a phone. */
export function StopBar({ run, runId, nowMs }: { run: Run; runId: string; nowMs: number }) {
  const may = useMay('operator')
  if (run.phase === 'ended') return null
  const beganMs = run.phases[0]?.ms ?? run.plannedMs ?? nowMs
  return (
    <>
      <section className={classes.stopBar} aria-label="This run">
        <Group justify="space-between" wrap="nowrap" gap="md" className={classes.stopBarBody ?? ''}>
          <Stack gap={6} style={{ flex: 1, minWidth: 0 }}>
            <Group gap="sm" wrap="nowrap" justify="space-between">
              <Text fw={700} role="status" aria-live="polite">
                {phaseWords(stageOf(run))}
              </Text>
              <Text c="dimmed" className="numbers" aria-label="Time since the start">
                {clockOf(nowMs - beganMs)}
              </Text>
            </Group>
            <Box visibleFrom="sm">
              <PhaseRail run={run} />
            </Box>
          </Stack>
          {may && <Stop run={run} runId={runId} />}
        </Group>
      </section>
      <div className={classes.stopBarSpace} />
    </>
  )
}
