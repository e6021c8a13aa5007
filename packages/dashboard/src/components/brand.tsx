import { Group, Text } from '@mantine/core'

/** The name and the mark: a line that dips and comes back. `short`: on small screens the mark only. */
export function Brand({ size = 28, short = false }: { size?: number; short?: boolean }) {
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/favicon.svg" alt="" width={size} height={size} />
      <Text
        fw={700}
        {...(short ? { visibleFrom: 'sm' } : {})}
        size={size > 30 ? 'xl' : 'lg'}
        style={{ whiteSpace: 'nowrap' }}
      >
        Chaos Lite
      </Text>
    </Group>
  )
}
