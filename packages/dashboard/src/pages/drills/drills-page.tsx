import type { DrillView } from '@chaos-lite/shared/api'
import { Anchor, EmptyState, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useDrills, useLastRun } from '../../api/index.ts'
import { Loaded, Moment, Page, ToneBadge } from '../../components/index.ts'
import { KIND_WORDS, statusOf } from '../../words/index.ts'

function LastRun({ drill }: { drill: string }) {
  const { data: last, isPending } = useLastRun(drill)
  if (isPending) return <Text size="sm">&nbsp;</Text>
  if (last === undefined || last === null) {
    return (
      <Text size="sm" c="dimmed">
        {last === null ? 'Never run' : 'Not known whether it was run'}
      </Text>
    )
  }
  const { label, tone } = statusOf(last)
  return (
    <Group gap={6}>
      <ToneBadge tone={tone} size="sm">
        {label}
      </ToneBadge>
      <Text size="sm" c="dimmed">
        <Moment ms={last.startedMs} />
      </Text>
    </Group>
  )
}

function DrillCard({ drill }: { drill: DrillView }) {
  return (
    <Paper withBorder p="lg" component="article">
      <Stack gap="sm" h="100%" justify="space-between">
        <Stack gap={6}>
          <Text size="sm" c="dimmed">
            {KIND_WORDS[drill.kind].label} · {drill.name}
          </Text>
          <Anchor component={Link} to={`/drills/${drill.name}`} fw={650} c="inherit" underline="hover">
            {drill.title}
          </Anchor>
          <Text size="sm">{drill.why}</Text>
        </Stack>
        {drill.mistakes.length > 0 ? (
          <ToneBadge tone="bad">
            {drill.mistakes.length === 1 ? '1 mistake in the file' : `${drill.mistakes.length} mistakes in the file`}
          </ToneBadge>
        ) : (
          <LastRun drill={drill.name} />
        )}
      </Stack>
    </Paper>
  )
}

/** The page `/drills`: every drill as a card. One with mistakes is listed too, so that somebody corrects it. */
export function DrillsPage() {
  const drills = useDrills()
  return (
    <Page
      title="Drills"
      intro="Each drill answers one question. Look at its plan first: it says host by host what will be touched and how it is rolled back."
    >
      <Loaded query={drills}>
        {(all) =>
          all.length === 0 ? (
            <Paper withBorder p="xl">
              <EmptyState
                icon={<IconListCheck size={40} />}
                variant="light"
                title="There are no drills yet"
                description="Drills are YAML files in the controller’s folder of drills. Put one there; it appears here by itself."
              />
            </Paper>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              {all.map((drill) => (
                <DrillCard key={drill.name} drill={drill} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
    </Page>
  )
}
