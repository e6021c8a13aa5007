import type { Run } from '@chaos-lite/shared'
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconBell, IconBellCheck, IconBellX } from '@tabler/icons-react'
import { useAcknowledge, useMay } from '../../api/index.ts'
import { Moment, notifyProblem } from '../../components/index.ts'
import { alertMayBeLate, uncountedMessage } from './model/people.ts'
import { alertReply, type Reply } from './model/replies.ts'
import { replyColour, replyLook } from './reply-look.ts'
import classes from './run.module.css'

const ICON = { open: IconBell, good: IconBellCheck, bad: IconBellX, quiet: IconBell } as const

interface AlertCardProps {
  readonly alert: Run['alerts'][number]
  readonly run: Run
  readonly runId: string
  readonly nowMs: number
}

function State({ alert, reply }: { alert: AlertCardProps['alert']; reply: Reply }) {
  const { figures, tone } = reply
  if (alert.received !== null) {
    const via = alert.received.via === 'person' ? 'acknowledged by' : 'reported by'
    return (
      <>
        Came {figures}; {via} {alert.received.by}, <Moment ms={alert.received.ms} precise />
      </>
    )
  }
  if (tone === 'bad') return `Did not come ${figures.replace(/^not /, '')}`
  return tone === 'open' ? `Waiting for ${figures}` : `Did not come before the run ended: waited ${figures}`
}

/** An alert that should reach somebody: by the monitoring system's call, or by a person who saw it. */
export function AlertCard({ alert, run, runId, nowMs }: AlertCardProps) {
  const acknowledge = useAcknowledge(runId)
  const may = useMay('operator')
  const reply = alertReply(run, alert, nowMs)
  // The record says when it is over; this machine's clock may have been set meanwhile.
  const step = run.steps.find((one) => one.stepId === alert.stepId)
  const open = alert.received === null && run.phase !== 'ended' && step?.state !== 'ended'
  const Icon = ICON[reply.tone]
  const late = !open && alertMayBeLate(run, alert)
  const uncounted = open ? uncountedMessage(run) : null
  return (
    <section className={classes.question} data-open={open} data-tone={reply.tone} aria-label="Expected alert">
      <Group justify="space-between" gap="sm">
        <Stack gap={2} style={{ flex: '1 1 260px' }}>
          <Group gap={8} wrap="nowrap" align="flex-start">
            <Icon size={20} aria-hidden style={{ flex: 'none', marginTop: 2 }} color={replyColour(reply)} />
            <Text fw={600}>Expected: {alert.text}</Text>
          </Group>
          <Text size="sm" className="numbers" {...replyLook(reply)}>
            <State alert={alert} reply={reply} />
          </Text>
          {late && (
            <Text size="sm" c="dimmed">
              Nothing waits for it any more. If it comes before the failure is rolled back, it is recorded as late.
            </Text>
          )}
          {uncounted !== null && (
            <Text size="sm" role="status">
              {uncounted}
            </Text>
          )}
        </Stack>
        {(open || late) && may && (
          <Button
            size="md"
            variant={late ? 'default' : 'filled'}
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
