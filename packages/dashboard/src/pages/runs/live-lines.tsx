import type { Run } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import { Group, Stack, Text } from '@mantine/core'
import { useClock, useMay, useRunFeed } from '../../api/index.ts'
import { NotKnownSince, RunHeadline, StopRun, ToneBadge } from '../../components/index.ts'
import { elapsedText } from '../../time/index.ts'
import { phaseWords, stageOf } from '../../words/index.ts'

const TICK_MS = 1_000

function Lines({ row, run }: { row: RunRow; run: Run | null }) {
  const clock = useClock(TICK_MS)
  const may = useMay('operator')
  const phase = run?.phase ?? row.phase
  return (
    <Group justify="space-between" gap="xs" align="flex-end">
      <Stack gap={4} style={{ flex: '1 1 280px' }}>
        <Group gap="sm">
          <ToneBadge tone="live">{phaseWords(run === null ? phase : stageOf(run))}</ToneBadge>
          <Text size="sm" className="numbers">
            {elapsedText(clock.nowMs - (run?.phases[0]?.ms ?? row.startedMs))} elapsed
          </Text>
        </Group>
        {run !== null && <RunHeadline run={run} clock={clock} size="sm" />}
        {run === null && clock.notKnownSinceMs !== null && <NotKnownSince ms={clock.notKnownSinceMs} />}
      </Stack>
      {may && <StopRun runId={row.runId} phase={phase} stopped={(run?.aborts.length ?? 0) > 0} size="xs" />}
    </Group>
  )
}

function WatchedLines({ row }: { row: RunRow }) {
  const { run } = useRunFeed(row.runId)
  return <Lines row={row} run={run.runId === null ? null : run} />
}

/**
 * A run under way, in the words of its own page: phase, elapsed time, when it is back, and the button that stops it. Only
 * a run whose facts are watched can say when it is back.
 */
export function LiveLines({ row, watched }: { row: RunRow; watched: boolean }) {
  return watched ? <WatchedLines row={row} /> : <Lines row={row} run={null} />
}
