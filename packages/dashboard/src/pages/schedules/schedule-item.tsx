import type { ScheduleView } from '@chaos-lite/shared/api'
import { Anchor, Button, Code, Group, Paper, Stack, Text } from '@mantine/core'
import { Fragment } from 'react'
import { Link } from 'react-router'
import { useMay, usePauseSchedule, useRemoveSchedule, useSchedulePreview } from '../../api/index.ts'
import { ConfirmButton, Moment, notifyProblem, Said, ToneBadge } from '../../components/index.ts'

function NextDates({ schedule }: { schedule: ScheduleView }) {
  const { data } = useSchedulePreview(schedule, 4)
  if (schedule.paused) return <Text size="sm">Paused: no occurrences will run.</Text>
  const next = data?.instantsMs ?? (schedule.nextMs === null ? [] : [schedule.nextMs])
  if (next.length === 0) return <Text size="sm">Next: never</Text>
  return (
    <Text size="sm">
      Next:{' '}
      {next.map((ms, n) => (
        <Fragment key={ms}>
          {n > 0 && ' · '}
          <Text span inherit style={{ whiteSpace: 'nowrap' }}>
            <Moment ms={ms} zone={schedule.timeZone} />
          </Text>
        </Fragment>
      ))}
    </Text>
  )
}

function Actions({ schedule }: { schedule: ScheduleView }) {
  const pause = usePauseSchedule()
  const remove = useRemoveSchedule()
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        loading={pause.isPending}
        onClick={() => pause.mutate(schedule, { onError: notifyProblem })}
      >
        {schedule.paused ? 'Resume' : 'Pause'}
      </Button>
      <ConfirmButton
        size="xs"
        variant="default"
        label="Remove"
        confirm="Press again to remove"
        loading={remove.isPending}
        onConfirm={() => remove.mutate(schedule.scheduleId, { onError: notifyProblem })}
      />
    </Group>
  )
}

/** One schedule: what, when next, and how the last date went. */
export function ScheduleItem({ schedule }: { schedule: ScheduleView }) {
  const may = useMay('operator')
  const { name, drill, cron, timeZone, paused, lastSlotMs, lastOutcome, trouble } = schedule
  return (
    <Paper withBorder p="md" component="article">
      <Stack gap={6}>
        <Group justify="space-between">
          <Group gap="sm">
            <Text fw={650}>{name}</Text>
            {trouble !== null && <ToneBadge tone="bad">Broken</ToneBadge>}
            {paused && <ToneBadge tone="warn">Paused</ToneBadge>}
          </Group>
          {may && <Actions schedule={schedule} />}
        </Group>
        <Text size="sm">
          Runs{' '}
          <Anchor component={Link} to={`/drills/${drill}`} size="sm">
            {drill}
          </Anchor>{' '}
          at <Code>{cron}</Code> in {timeZone}
        </Text>
        {trouble === null ? (
          <NextDates schedule={schedule} />
        ) : (
          <Text size="sm">
            It runs nothing. <Said text={trouble} />
          </Text>
        )}
        {lastSlotMs !== null && (
          <Text size="sm" c="dimmed">
            Last date: <Moment ms={lastSlotMs} />
            {lastOutcome === null ? '' : `, ${lastOutcome}`}
          </Text>
        )}
      </Stack>
    </Paper>
  )
}
