import { labelPairs } from '@chaos-lite/shared'
import { Badge, Group, Text } from '@mantine/core'
import { type Sample, sampleKey } from '../../../api/index.ts'
import type { HostLane, Timeline } from '../model/timeline.ts'
import { FailureRow } from './failure-row.tsx'
import { StripRow } from './strip-row.tsx'
import classes from './timeline.module.css'

interface TimelineHostProps {
  readonly host: HostLane
  readonly timeline: Timeline
  readonly latest: ReadonlyMap<string, Sample>
}

/** One host: what was done to it, and what was seen from it. */
export function TimelineHost({ host, timeline, latest }: TimelineHostProps) {
  return (
    <section className={classes.host} aria-label={host.name}>
      <Group gap="xs" className={classes.hostName}>
        <Text fw={650}>{host.name}</Text>
        <Text size="sm" c="dimmed">
          {labelPairs(host.labels)
            .map(([, value]) => value)
            .join(', ')}
        </Text>
        {host.online === false && (
          <Badge color="red" variant="light" tt="none">
            No link
          </Badge>
        )}
      </Group>
      {host.failures.map((lane) => (
        <FailureRow key={lane.stepId} lane={lane} timeline={timeline} />
      ))}
      {host.strips.map((strip) => (
        <StripRow
          key={strip.probeId}
          strip={strip}
          timeline={timeline}
          latest={latest.get(sampleKey(strip.probeId, strip.hostId)) ?? null}
        />
      ))}
    </section>
  )
}
