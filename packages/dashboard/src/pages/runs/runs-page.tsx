import type { RunRow } from '@chaos-lite/shared/api'
import { Button, EmptyState, Paper, SegmentedControl, Stack } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { Link, useSearchParams } from 'react-router'
import { useRuns } from '../../api/runs.ts'
import { Loaded } from '../../components/loaded.tsx'
import { Page } from '../../components/page.tsx'
import { RunItem } from './run-item.tsx'

const FILTERS = ['all', 'live', 'bad'] as const
type Filter = (typeof FILTERS)[number]

function matches(run: RunRow, filter: Filter): boolean {
  if (filter === 'all') return true
  if (filter === 'live') return run.outcome === null
  return (
    run.restoration === 'stuck' || run.restoration === 'unknown' || (run.outcome !== null && run.outcome !== 'passed')
  )
}

function NoRuns() {
  return (
    <Paper withBorder p="xl">
      <EmptyState
        icon={<IconHistory size={40} />}
        variant="light"
        title="No drill was run yet"
        description="Choose a drill, look at its plan, and start it from there. Every run is kept here, also those that failed, were stopped or missed."
      >
        <EmptyState.Actions>
          <Button component={Link} to="/drills">
            Choose a drill
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </Paper>
  )
}

export function RunsPage() {
  const runs = useRuns()
  const [search, setSearch] = useSearchParams()
  const filter = FILTERS.find((one) => one === search.get('show')) ?? 'all'
  return (
    <Page
      title="Runs"
      intro="Every run of every drill, newest first. Nothing is left out, and nothing is edited afterwards."
    >
      <Loaded query={runs}>
        {(all) =>
          all.length === 0 ? (
            <NoRuns />
          ) : (
            <Stack gap="sm">
              <SegmentedControl
                w="fit-content"
                aria-label="Which runs"
                value={filter}
                onChange={(show) => setSearch(show === 'all' ? {} : { show }, { replace: true })}
                data={[
                  { value: 'all', label: 'All' },
                  { value: 'live', label: 'Under way' },
                  { value: 'bad', label: 'Not passed' },
                ]}
              />
              {all
                .filter((run) => matches(run, filter))
                .map((run) => (
                  <RunItem key={run.runId} run={run} />
                ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  )
}
