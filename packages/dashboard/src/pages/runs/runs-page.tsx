import type { RunRow } from '@chaos-lite/shared/api'
import { Button, EmptyState, Group, Paper, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconHistory } from '@tabler/icons-react'
import { Link, useSearchParams } from 'react-router'
import { type RunFilter, useRunPages } from '../../api/index.ts'
import { Loaded, MoreButton, Page } from '../../components/index.ts'
import { RunFilters } from './run-filters.tsx'
import { RunItem } from './run-item.tsx'

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

const TYPING_MS = 250
/** All facts of a watched run come to this page: not of every run of a large company at once. */
const MOST_WATCHED = 12

/** The runs under way whose facts are watched, newest first. */
function watchedOf(shown: readonly RunRow[]): ReadonlySet<string> {
  const live = shown.filter((run) => run.endedMs === null).slice(0, MOST_WATCHED)
  return new Set(live.map((run) => run.runId))
}

const NOTHING: RunFilter = { status: '', drill: '', host: '', text: '', from: '', to: '' }

/** What the address says; links to filtered lists can be shared. */
function filterOf(search: URLSearchParams): RunFilter {
  const read = (name: keyof RunFilter) => search.get(name) ?? ''
  return {
    ...{ status: read('status'), drill: read('drill'), host: read('host') },
    ...{ text: read('text'), from: read('from'), to: read('to') },
  }
}

/** The page `/runs`. Filters are kept in the address, so that a copied address shows the same runs. */
export function RunsPage() {
  const [search, setSearch] = useSearchParams()
  const filter = filterOf(search)
  const [asked] = useDebouncedValue(filter, TYPING_MS)
  const runs = useRunPages(asked)
  const filtered = Object.values(filter).some(Boolean)
  const change = (changes: Partial<RunFilter>) => {
    const wanted = Object.entries({ ...filter, ...changes }).filter(([, value]) => value !== '')
    setSearch(Object.fromEntries(wanted), { replace: true })
  }
  return (
    <Page
      title="Runs"
      intro="Every run of every drill, newest first. Nothing is left out, and nothing is edited afterwards."
    >
      <Loaded query={runs}>
        {({ pages }) => {
          const shown = pages.flatMap(({ items }) => items)
          const watched = watchedOf(shown)
          if (shown.length === 0 && !filtered) return <NoRuns />
          return (
            <Stack gap="sm">
              <RunFilters filter={filter} onChange={change} />
              {shown.map((run) => (
                <RunItem key={run.runId} run={run} watched={watched.has(run.runId)} />
              ))}
              {shown.length === 0 ? (
                <Group>
                  <Text c="dimmed">No run matches.</Text>
                  <Button variant="default" size="xs" onClick={() => change(NOTHING)}>
                    Show all
                  </Button>
                </Group>
              ) : (
                <MoreButton shown={shown.length} total={pages[0]?.total ?? ''} things="runs" query={runs} />
              )}
            </Stack>
          )
        }}
      </Loaded>
    </Page>
  )
}
