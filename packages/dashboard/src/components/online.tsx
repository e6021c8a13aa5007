import { Group, Text } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleDashed, IconClockQuestion } from '@tabler/icons-react'
import type { Clock } from '../api/index.ts'
import { agoText } from '../time/index.ts'
import { Moment } from './moment.tsx'

interface OnlineProps {
  readonly online: boolean
  readonly lastSeenMs: number | null
  readonly clock: Clock
}

function lookOf({ online, lastSeenMs, clock }: OnlineProps) {
  if (clock.notKnownSinceMs !== null) {
    return { Icon: IconClockQuestion, color: 'dimmed', text: `Not known (was ${online ? 'online' : 'offline'})` }
  }
  if (online) return { Icon: IconCircleCheckFilled, color: 'var(--passing)', text: 'Online' }
  const seen =
    lastSeenMs === null ? (
      'never seen'
    ) : (
      <>
        last seen <Moment ms={lastSeenMs}>{agoText(lastSeenMs, clock.nowMs)}</Moment>
      </>
    )
  return { Icon: IconCircleDashed, color: 'dimmed', text: <>Offline, {seen}</> }
}

/** Is the host connected? As colour, shape and word; while nothing is heard of the controller, nobody knows. */
export function Online(props: OnlineProps) {
  const { Icon, color, text } = lookOf(props)
  return (
    <Group gap={6} wrap="nowrap" c={color}>
      <Icon size={16} aria-hidden style={{ flex: 'none' }} />
      <Text size="sm" fw={500} c="inherit">
        {text}
      </Text>
    </Group>
  )
}
