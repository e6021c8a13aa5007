import { Group, Text } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react'
import { agoText } from './times.ts'

/** Is the host connected? As colour, shape and word. */
export function Online({ online, lastSeenMs, nowMs }: { online: boolean; lastSeenMs: number | null; nowMs: number }) {
  const Icon = online ? IconCircleCheckFilled : IconCircleDashed
  const seen = lastSeenMs === null ? 'never seen' : `last seen ${agoText(lastSeenMs, nowMs)}`
  return (
    <Group gap={6} wrap="nowrap" c={online ? 'var(--works)' : 'dimmed'}>
      <Icon size={16} aria-hidden />
      <Text size="sm" fw={500} c="inherit">
        {online ? 'Online' : `Offline, ${seen}`}
      </Text>
    </Group>
  )
}
