import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** A name and its value, in a list of descriptions. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Stack gap={0}>
      <Text size="sm" c="dimmed" component="dt">
        {name}
      </Text>
      <Text size="sm" component="dd" m={0}>
        {children}
      </Text>
    </Stack>
  )
}
