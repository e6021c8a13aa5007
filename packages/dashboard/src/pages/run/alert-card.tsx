import { formatDuration, type Run } from '@chaos-lite/shared'
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconBell, IconBellCheck } from '@tabler/icons-react'
import { useAcknowledge } from '../../api/runs.ts'
import { useMay } from '../../api/session.ts'
import { Moment } from '../../components/moment.tsx'
import { notifyProblem } from '../../components/notify.tsx'
import { clockOf } from '../../components/times.ts'
import { uncountedMessage } from './model/people.ts'
import classes from './run.module.css'

interface AlertCardProps {
  readonly alert: Run['alerts'][number]
  readonly run: Run
  readonly runId: string
  readonly nowMs: number
}

/** Is it still waited for? */
function isOpen(alert: AlertCardProps['alert'], run: Run): boolean {
  const step = run.steps.find((one) => one.stepId === alert.stepId)
  return alert.received === null && run.phase !== 'ended' && step?.state !== 'ended'
}

function State({ alert, run, nowMs }: Omit<AlertCardProps, 'runId'>) {
  const planned = run.plan?.steps.find((one) => one.stepId === alert.stepId)
  const withinMs = planned?.kind === 'alert' ? planned.withinMs : null
  if (alert.received !== null) {
    const via = alert.received.via === 'person' ? 'acknowledged by' : 'reported by'
    return (
      <>
        Came <Moment ms={alert.received.ms} precise />, {via} {alert.received.by}
      </>
    )
  }
  if (!isOpen(alert, run)) return 'Did not come in time'
  const waited = clockOf(nowMs - (alert.awaitedMs ?? nowMs))
  return `Waiting for ${waited}${withinMs === null ? '' : ` of ${formatDuration(withinMs)}`}`
}

/** An alert that should reach somebody: by the monitoring system's call, or by a person who saw it. */
export function AlertCard({ alert, run, runId, nowMs }: AlertCardProps) {
  const acknowledge = useAcknowledge(runId)
  const may = useMay('operator')
  const open = isOpen(alert, run)
  const uncounted = open ? uncountedMessage(run) : null
  const Icon = alert.received === null ? IconBell : IconBellCheck
  return (
    <section className={classes.question} data-open={open} aria-label="Expected alert">
      <Group justify="space-between" gap="sm">
        <Stack gap={2} style={{ flex: '1 1 260px' }}>
          <Group gap={8} wrap="nowrap" align="flex-start">
            <Icon size={20} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
            <Text fw={600}>Expected: {alert.text}</Text>
          </Group>
          <Text size="sm" c="dimmed" className="numbers">
            <State alert={alert} run={run} nowMs={nowMs} />
          </Text>
          {uncounted !== null && (
            <Text size="sm" className="wrap-anywhere" role="status">
              {uncounted}
            </Text>
          )}
        </Stack>
        {open && may && (
          <Button
            size="md"
            loading={acknowledge.isPending}
            onClick={() => acknowledge.mutate(alert.stepId, { onError: notifyProblem })}
          >
            I saw this alert
          </Button>
        )}
      </Group>
    </section>
  )
}
