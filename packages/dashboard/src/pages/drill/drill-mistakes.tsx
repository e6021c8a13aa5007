import type { DrillView } from '@chaos-lite/shared/api'
import { Alert, Code, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMemo } from 'react'
import { mistakeLine, warningsOf } from './mistake-lines.ts'

/** Texts as `formatMistake` writes them, each with its line as it stands in the file. */
function Findings({ texts, source }: { texts: readonly string[]; source: string }) {
  const lines = source.split('\n')
  return (
    <List spacing="sm" size="sm">
      {texts.map((text) => {
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
  )
}

/** Every mistake of the file and every warning, by line and column. */
export function DrillMistakes({ drill }: { drill: DrillView }) {
  const warnings = useMemo(() => warningsOf(drill), [drill])
  return (
    <>
      {drill.mistakes.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle />} title="This drill has mistakes and cannot be planned">
          <Findings texts={drill.mistakes} source={drill.source} />
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert color="orange" role="status" icon={<IconAlertTriangle />} title="This drill has warnings">
          <Findings texts={warnings} source={drill.source} />
        </Alert>
      )}
    </>
  )
}
