import type { Run, SourcedFact } from '@chaos-lite/shared'
import { SimpleGrid, Stack } from '@mantine/core'
import type { Sample } from '../../api/live/run-feed.ts'
import { AlsoWatchedPanel } from './also-watched-panel.tsx'
import { ByHand } from './by-hand.tsx'
import { HostResults } from './host-results.tsx'
import { LogPanel } from './log-panel.tsx'
import { NotesPanel } from './notes-panel.tsx'
import { NowPanel } from './now-panel.tsx'
import { PeoplePanel } from './people-panel.tsx'
import { TargetsPanel } from './targets-panel.tsx'
import { TimelinePanel } from './timeline-panel.tsx'
import { VerdictPanel } from './verdict-panel.tsx'

interface RunBodyProps {
  readonly runId: string
  readonly run: Run
  readonly facts: readonly SourcedFact[]
  readonly latest: ReadonlyMap<string, Sample>
  readonly nowMs: number
}

/** What needs a person comes first, then the picture, then the figures, then the details. */
export function RunBody({ runId, run, facts, latest, nowMs }: RunBodyProps) {
  const ended = run.phase === 'ended'
  return (
    <Stack gap="md">
      <ByHand run={run} />
      {ended ? <VerdictPanel run={run} runId={runId} /> : <NowPanel run={run} nowMs={nowMs} />}
      <PeoplePanel run={run} runId={runId} nowMs={nowMs} />
      <TimelinePanel run={run} latest={latest} nowMs={nowMs} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <TargetsPanel run={run} nowMs={nowMs} />
        <AlsoWatchedPanel run={run} nowMs={nowMs} />
      </SimpleGrid>
      <HostResults run={run} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <LogPanel run={run} facts={facts} />
        <NotesPanel run={run} runId={runId} />
      </SimpleGrid>
    </Stack>
  )
}
