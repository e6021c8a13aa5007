import { Group, Paper, type PaperProps, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

interface PanelProps extends PaperProps {
  readonly title: string
  readonly hint?: ReactNode
  readonly side?: ReactNode
  readonly children: ReactNode
}

/** A titled part of a page, a landmark for those who listen to it. */
export function Panel({ title, hint, side, children, ...paper }: PanelProps) {
  const id = useId()
  return (
    <Paper component="section" aria-labelledby={id} withBorder p={{ base: 'md', sm: 'lg' }} {...paper}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Stack gap={2}>
            <Title order={2} size="h4" id={id}>
              {title}
            </Title>
            {hint !== undefined && (
              <Text size="sm" c="dimmed">
                {hint}
              </Text>
            )}
          </Stack>
          {side}
        </Group>
        {children}
      </Stack>
    </Paper>
  )
}
