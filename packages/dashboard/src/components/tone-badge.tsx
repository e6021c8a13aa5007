import { Badge, type BadgeProps } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconPlayerPlay,
  type TablerIcon,
} from '@tabler/icons-react'
import type { Tone } from '../words/index.ts'

const LOOK: Readonly<Record<Tone, { color: string; Icon: TablerIcon }>> = {
  good: { color: 'green', Icon: IconCircleCheck },
  bad: { color: 'red', Icon: IconCircleX },
  warn: { color: 'orange', Icon: IconAlertTriangle },
  quiet: { color: 'gray', Icon: IconCircleMinus },
  live: { color: 'ink', Icon: IconPlayerPlay },
}

/** A state as colour, icon and word together, so that none of them has to be enough. */
export function ToneBadge({ tone, children, ...rest }: { tone: Tone; children: string } & BadgeProps) {
  const { color, Icon } = LOOK[tone]
  return (
    <Badge color={color} variant="light" tt="none" fw={600} leftSection={<Icon size={14} aria-hidden />} {...rest}>
      {children}
    </Badge>
  )
}
