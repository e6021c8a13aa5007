import type { DrillView } from '@chaos-lite/shared/api'
import { Alert, Code, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { mistakeLine } from './mistake-lines.ts'

/** Every mistake of the file, with its line as it stands there. */
export function DrillMistakes({ drill }: { drill: DrillView }) {
  const lines = drill.source.split('\n')
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title="This drill has mistakes and cannot be planned">
      <List spacing="sm" size="sm">
        {drill.mistakes.map((text) => {
          const { line, column, message } = mistakeLine(text)
          return (
            <List.Item key={text}>
              <Stack gap={2}>
                <Text size="sm">
                  {line !== null && (
                    <Text span fw={600}>
                      Line {line}, column {column}:{' '}
                    </Text>
                  )}
                  {message}
                </Text>
                {line !== null && <Code>{lines[line - 1] ?? ''}</Code>}
              </Stack>
            </List.Item>
          )
        })}
      </List>
    </Alert>
  )
}
