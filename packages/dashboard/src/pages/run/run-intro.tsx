import type { Run } from '@chaos-lite/shared'
import { Anchor, Group, Text } from '@mantine/core'
import { Link } from 'react-router'
import { Moment, ToneBadge } from '../../components/index.ts'

const MODE = { simulated: 'Simulated, no evidence', tabletop: 'Tabletop: people only' } as const

/** Who started which drill when. */
export function RunIntro({ run }: { run: Run }) {
  const about = run.plan ?? run.slot
  const by = run.requestedBy === null ? '' : ` by ${run.requestedBy}`
  return (
    <Group gap="sm" component="span">
      <Text span size="sm">
        {run.plannedMs !== null && <Moment ms={run.plannedMs} />}
        {by} ·{' '}
        <Anchor component={Link} to={`/drills/${about?.drill ?? ''}`} size="sm">
          {about?.drill}
        </Anchor>
      </Text>
      {run.mode !== null && run.mode !== 'live' && <ToneBadge tone="quiet">{MODE[run.mode]}</ToneBadge>}
    </Group>
  )
}
