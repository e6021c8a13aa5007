import { farAwayText } from '@chaos-lite/shared'
import { Alert, List, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { problemFrom, useSchedulePreview } from '../../api/index.ts'
import { Moment, Said } from '../../components/index.ts'
import { utcText } from '../../time/index.ts'

const DATES = 6
const SETTLE_MS = 300

interface Dates {
  readonly instantsMs: readonly number[]
  readonly timeZone: string
  /** Why there are none. */
  readonly refusal: string | null
}

/** The next dates of a timetable, from the controller, which will keep them. */
export function useDates(cron: string, timeZone: string): Dates {
  const [asked] = useDebouncedValue({ cron, timeZone }, SETTLE_MS)
  const { data, isError, error } = useSchedulePreview(asked, DATES)
  const refusal = isError ? problemFrom(error).detail : null
  return { instantsMs: data?.instantsMs ?? [], timeZone: asked.timeZone, refusal }
}

/** The next instants in the zone of the schedule, with UTC beside each: the change to summer time shows. */
export function NextDates({ instantsMs, timeZone }: Dates) {
  const far = instantsMs[0] === undefined ? null : farAwayText(instantsMs[0], Date.now())
  return (
    <Stack gap={4} aria-live="polite">
      {far !== null && (
        <Alert color="orange" icon={<IconAlertTriangle />}>
          <Said text={far} />
        </Alert>
      )}
      <Text size="sm" fw={600}>
        The next dates in {timeZone}
      </Text>
      <List size="sm" spacing={2}>
        {instantsMs.map((ms) => (
          <List.Item key={ms}>
            <Moment ms={ms} zone={timeZone} />{' '}
            <Text span size="xs" c="dimmed">
              ({utcText(ms)})
            </Text>
          </List.Item>
        ))}
      </List>
    </Stack>
  )
}
