import { formatDuration } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import { Moment } from '../../components/moment.tsx'
import { ToneBadge } from '../../components/tone-badge.tsx'
import { EFFECT, headlineOf, RESTORATION, statusOf } from '../../words/run-words.ts'
import classes from './runs.module.css'

/** One run in the list: what it came to, and one sentence a manager understands. */
export function RunItem({ run }: { run: RunRow }) {
  const { label, tone } = statusOf(run)
  const took = run.endedMs === null ? '' : `, took ${formatDuration(run.endedMs - run.startedMs)}`
  const ended = run.outcome !== null
  return (
    <Paper withBorder p="md" component="article" className={classes.run} data-tone={tone}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Anchor component={Link} to={`/runs/${run.runId}`} fw={650} c="inherit">
            {run.title}
          </Anchor>
          <ToneBadge tone={tone}>{label}</ToneBadge>
        </Group>
        <Text size="sm">{headlineOf(run)}</Text>
        {run.summary !== '' && (
          <Text size="sm" c="dimmed" className="wrap-anywhere">
            {run.summary} (times in UTC)
          </Text>
        )}
        <Group gap="md">
          <Text size="sm" c="dimmed">
            <Moment ms={run.startedMs} />
            {took}
          </Text>
          {ended && run.outcome !== 'missed' && run.outcome !== 'skipped' && (
            <Text size="sm" c="dimmed">
              {EFFECT[run.effect].label} · {RESTORATION[run.restoration].label}
            </Text>
          )}
          {run.mode === 'simulated' && <ToneBadge tone="quiet">Simulated, no evidence</ToneBadge>}
        </Group>
      </Stack>
    </Paper>
  )
}
