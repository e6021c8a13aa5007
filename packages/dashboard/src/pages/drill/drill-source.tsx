import type { DrillView } from '@chaos-lite/shared/api'
import { Button, Collapse, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Panel } from '../../components/index.ts'
import classes from './drill.module.css'
import { mistakeLine } from './mistake-lines.ts'

/** The file, byte for byte, with its line numbers; lines with mistakes are marked. */
export function DrillSource({ drill }: { drill: DrillView }) {
  const bad = new Set(drill.mistakes.map((text) => mistakeLine(text).line))
  const [open, { toggle }] = useDisclosure(drill.mistakes.length > 0)
  const lines = drill.source.replace(/\n$/, '').split('\n')
  return (
    <Panel
      title="The file"
      hint={`${drill.name}.yaml, as the controller read it`}
      side={
        <Button size="xs" variant="default" onClick={toggle} aria-expanded={open}>
          {open ? 'Hide' : 'Show'}
        </Button>
      }
    >
      <Collapse expanded={open}>
        <Stack gap="xs">
          <pre className={classes.source}>
            {lines.map((line, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its number
              <div key={n} className={classes.line} data-bad={bad.has(n + 1)}>
                <span className={classes.number}>{n + 1}</span>
                <span>{line}</span>
              </div>
            ))}
          </pre>
          <Text size="xs" c="dimmed">
            Fingerprint of the file: {drill.digest}
          </Text>
        </Stack>
      </Collapse>
    </Panel>
  )
}
