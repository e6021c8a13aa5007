import type { Run } from '@chaos-lite/shared'
import { SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import type { Clock, Sample } from '../../api/index.ts'
import { Panel } from '../../components/index.ts'
import { zoneNames } from '../../time/index.ts'
import { timelineOf } from './model/timeline.ts'
import { TimelineAxis } from './timeline/axis.tsx'
import { TimelineHost } from './timeline/host.tsx'
import { TimelineLegend } from './timeline/legend.tsx'
import classes from './timeline/timeline.module.css'
import { UntilNow } from './until-now.tsx'

const NEWEST_MS = 60_000

interface TimelinePanelProps {
  readonly run: Run
  readonly latest: ReadonlyMap<string, Sample>
  readonly clock: Clock
}

/** The picture of the run: a lane per host, the failure above, what the probes saw below. */
export function TimelinePanel({ run, latest, clock }: TimelinePanelProps) {
  const [view, setView] = useState('whole')
  const timeline = timelineOf(run, clock.nowMs, view === 'whole' ? null : NEWEST_MS)
  return (
    <Panel
      title="Timeline"
      hint={`The failure on each host, and what the probes saw from there. Times in ${zoneNames(timeline.toMs)}.`}
      side={
        <SegmentedControl
          size="xs"
          aria-label="Which part of the run"
          value={view}
          onChange={setView}
          data={[
            { value: 'whole', label: 'Whole run' },
            { value: 'newest', label: 'Last minute' },
          ]}
        />
      }
    >
      <TimelineLegend />
      {timeline.hosts.length === 0 && <Text c="dimmed">No host takes part.</Text>}
      <UntilNow clock={clock} ended={run.phase === 'ended'}>
        <div className={classes.picture}>
          <TimelineAxis timeline={timeline} />
          {timeline.hosts.map((host) => (
            <TimelineHost key={host.hostId} host={host} timeline={timeline} latest={latest} />
          ))}
        </div>
      </UntilNow>
    </Panel>
  )
}
