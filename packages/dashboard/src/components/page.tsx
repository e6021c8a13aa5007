import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

interface PageProps {
  readonly title: string
  readonly intro?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** One page: its heading, what it is for, what can be done, and the rest. */
export function Page({ title, intro, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Chaos Lite`
  }, [title])
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end" gap="md">
        <Stack gap={4}>
          <Title order={1} size="h2">
            {title}
          </Title>
          {intro !== undefined && (
            <Text c="dimmed" size="sm" component="div" maw={760}>
              {intro}
            </Text>
          )}
        </Stack>
        {actions !== undefined && actions !== false && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  )
}
