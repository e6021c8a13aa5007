import type { Run, SourcedFact } from '@chaos-lite/shared'
import { SimpleGrid, Stack } from '@mantine/core'
import type { Clock, Sample } from '../../api/index.ts'
import { AlsoWatchedPanel } from './also-watched-panel.tsx'
import { ByHand } from './by-hand.tsx'
import { HostResults } from './host-results.tsx'
import { LogPanel } from './log-panel.tsx'
import { involvesPeople, waitsForPeople } from './model/people.ts'
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
  readonly clock: Clock
}

/** What needs a person comes first, then the picture, then the figures, then the details. */
export function RunBody({ runId, run, facts, latest, clock }: RunBodyProps) {
  const { nowMs } = clock
  const ended = run.phase === 'ended'
  const people = involvesPeople(run)
  const asked = waitsForPeople(run)
  return (
    <Stack gap="md">
      <ByHand run={run} />
      {ended && <VerdictPanel run={run} runId={runId} />}
      <SimpleGrid cols={{ base: 1, md: people && !ended ? 2 : 1 }} spacing="md">
        {asked && <PeoplePanel run={run} runId={runId} nowMs={nowMs} />}
        {!ended && <NowPanel run={run} clock={clock} />}
        {people && !asked && <PeoplePanel run={run} runId={runId} nowMs={nowMs} />}
      </SimpleGrid>
      <TimelinePanel run={run} latest={latest} clock={clock} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <TargetsPanel run={run} clock={clock} />
        <Stack gap="md">
          <AlsoWatchedPanel run={run} clock={clock} />
          <NotesPanel run={run} runId={runId} />
        </Stack>
      </SimpleGrid>
      <HostResults run={run} />
      <LogPanel run={run} facts={facts} />
    </Stack>
  )
}
