import { Anchor, Stack, Text } from '@mantine/core'
import { Link, useParams } from 'react-router'
import { useClock, useLiveRuns, useRunFeed, useStreamStatus } from '../../api/index.ts'
import { Page } from '../../components/index.ts'
import { RunBody } from './run-body.tsx'
import { RunIntro } from './run-intro.tsx'
import { StopBar } from './stop-bar.tsx'

const TICK_MS = 500

function waitingWords(missing: boolean, open: boolean): string {
  if (missing) return 'There is no such run, or it belongs to another company.'
  return open ? 'Reading the facts of this run…' : 'Connecting to the controller…'
}

/** A run, live or long ended: the browser makes the picture from the same facts that the record holds. */
export function RunPage() {
  const { runId = '' } = useParams()
  const feed = useRunFeed(runId)
  const { data: rows = [] } = useLiveRuns()
  const status = useStreamStatus()
  const { run, facts } = feed
  const known = run.runId !== null
  const clock = useClock(TICK_MS, known && (run.phase !== 'ended' || run.restoration === 'pending'))
  const title = (run.plan ?? run.slot)?.title ?? rows.find((row) => row.runId === runId)?.title ?? 'Run'
  return (
    <Stack>
      <Anchor component={Link} to="/runs" size="sm" underline="hover" w="fit-content">
        ← All runs
      </Anchor>
      <Page title={title} intro={known && <RunIntro run={run} />}>
        {known ? (
          <>
            <StopBar run={run} clock={clock} runId={runId} />
            <RunBody runId={runId} run={run} facts={facts} latest={feed.latest} clock={clock} />
          </>
        ) : (
          <Text c="dimmed" role="status">
            {waitingWords(feed.missing, status === 'open')}
          </Text>
        )}
      </Page>
    </Stack>
  )
}
