import { List, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { problemFrom } from '../../api/client.ts'
import { useSchedulePreview } from '../../api/schedules.ts'
import { inZone, utcText } from '../../components/times.ts'

const DATES = 6
const SETTLE_MS = 300

/** The next dates of a timetable, told by the controller, which will keep them. */
export function DatesPreview({ cron, timeZone }: { cron: string; timeZone: string }) {
  const [asked] = useDebouncedValue({ cron, timeZone }, SETTLE_MS)
  const { data, isError, error } = useSchedulePreview(asked, DATES)
  if (isError) {
    return (
      <Text size="sm" c="red" role="status">
        {problemFrom(error).detail}
      </Text>
    )
  }
  return (
    <Stack gap={4} aria-live="polite">
      <Text size="sm" fw={600}>
        The next dates
      </Text>
      <List size="sm" spacing={2}>
        {(data?.instantsMs ?? []).map((ms) => (
          <List.Item key={ms}>
            {inZone(ms, asked.timeZone)}{' '}
            <Text span size="xs" c="dimmed">
              ({utcText(ms)})
            </Text>
          </List.Item>
        ))}
      </List>
    </Stack>
  )
}
