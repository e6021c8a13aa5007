import { formatDuration } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import { Moment, Said, ToneBadge } from '../../components/index.ts'
import { effectOf, headlineOf, restorationOf, statusOf } from '../../words/index.ts'
import { LiveLines } from './live-lines.tsx'
import classes from './runs.module.css'

/** A run that was not begun has a reason instead of times. */
function wasBegun({ outcome }: RunRow): boolean {
  return outcome !== 'missed' && outcome !== 'skipped'
}

/** What an ended run came to, and one sentence a manager understands. */
function Came({ run }: { run: RunRow }) {
  return (
    <>
      <Text size="sm">{headlineOf(run)}</Text>
      {run.summary !== '' && (
        <Text size="sm" c="dimmed">
          <Said text={run.summary} startMs={run.startedMs} />
        </Text>
      )}
    </>
  )
}

/** One run in the list: under way with its clock and its stop button, or what it came to. */
export function RunItem({ run, watched }: { run: RunRow; watched: boolean }) {
  const { label, tone } = statusOf(run)
  const live = run.endedMs === null
  const took = run.endedMs === null ? '' : `, took ${formatDuration(run.endedMs - run.startedMs)}`
  const changed = run.outcome !== null && wasBegun(run)
  return (
    <Paper withBorder p="md" component="article" className={classes.run} data-tone={tone}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Anchor component={Link} to={`/runs/${run.runId}`} fw={650} c="inherit" underline="hover">
            {run.title}
          </Anchor>
          {(!live || tone !== 'live') && <ToneBadge tone={tone}>{label}</ToneBadge>}
        </Group>
        {live ? <LiveLines row={run} watched={watched} /> : <Came run={run} />}
        <Group gap="md">
          <Text size="sm" c="dimmed">
            <Moment ms={run.startedMs} />
            {took}
          </Text>
          {changed && (
            <Text size="sm" c="dimmed">
              {effectOf(run).label} · {restorationOf(run).label}
            </Text>
          )}
          {run.mode === 'simulated' && <ToneBadge tone="quiet">Simulated, no evidence</ToneBadge>}
        </Group>
      </Stack>
    </Paper>
  )
}
