import type { Problem } from '@chaos-lite/shared/api'
import { isAllowCommand } from '@chaos-lite/shared/plain'
import { Alert, Code, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { problemFrom } from '../api/index.ts'
import { Said } from './said.tsx'

function Item({ where, message, rule }: NonNullable<Problem['items']>[number]) {
  return (
    <List.Item>
      <Text span fw={600} size="sm">
        {where}
      </Text>
      <Text span size="sm">
        : <Said text={message} />
      </Text>
      {rule !== null && (
        <Text size="sm" c="dimmed" component="div">
          {isAllowCommand(rule) ? 'To allow it, run on that host as root: ' : 'Rule: '}
          <Code>{rule}</Code>
        </Text>
      )}
    </List.Item>
  )
}

/** What went wrong, in the controller's own words, with a reason per host or mistake. */
export function ProblemAlert({ error, title }: { error: unknown; title?: string }) {
  const problem = problemFrom(error)
  // The summary of a refusal repeats its first reason; the list is enough.
  const repeated = problem.items?.some((item) => problem.detail.includes(item.message)) === true
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={title ?? problem.title} role="alert">
      <Stack gap="xs">
        {!repeated && (
          <Text size="sm">
            <Said text={problem.detail} />
          </Text>
        )}
        {problem.items !== undefined && problem.items.length > 0 && (
          <List size="sm" spacing={6}>
            {problem.items.map((item) => (
              <Item key={`${item.where} ${item.message}`} {...item} />
            ))}
          </List>
        )}
      </Stack>
    </Alert>
  )
}
