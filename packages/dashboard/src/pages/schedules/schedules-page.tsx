import { Button, EmptyState, Paper, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCalendarEvent, IconPlus } from '@tabler/icons-react'
import { useMay, useSchedules } from '../../api/index.ts'
import { Loaded, Page } from '../../components/index.ts'
import { AddSchedule } from './add-schedule.tsx'
import { ScheduleItem } from './schedule-item.tsx'

/** The page `/schedules`. Viewers do not see how to add or change one. */
export function SchedulesPage() {
  const schedules = useSchedules()
  const may = useMay('operator')
  const [adding, add] = useDisclosure()
  const button = may && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={add.open}>
      Add a schedule
    </Button>
  )
  return (
    <Page
      title="Schedules"
      intro="Drills that run by themselves. A date that passes while nobody can run it becomes a record too: missed or skipped."
      actions={button}
    >
      <AddSchedule opened={adding} onClose={add.close} />
      <Loaded query={schedules}>
        {(all) =>
          all.length === 0 ? (
            <Paper withBorder p="xl">
              <EmptyState
                icon={<IconCalendarEvent size={40} />}
                variant="light"
                title="Nothing is scheduled"
                description="Most companies begin with Failover Friday: the first Friday of each quarter at 16:00, when people are still there."
              >
                <EmptyState.Actions>{button}</EmptyState.Actions>
              </EmptyState>
            </Paper>
          ) : (
            <Stack gap="sm">
              {all.map((schedule) => (
                <ScheduleItem key={schedule.scheduleId} schedule={schedule} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  )
}
