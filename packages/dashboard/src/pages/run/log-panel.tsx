import type { Run, SourcedFact } from '@chaos-lite/shared'
import { Button, Switch, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Moment, Panel } from '../../components/index.ts'
import { logOf } from './model/log.ts'
import classes from './run.module.css'

const FIRST = 200

/** Everything that happened, newest first, in plain sentences. */
export function LogPanel({ run, facts }: { run: Run; facts: readonly SourcedFact[] }) {
  const [minor, setMinor] = useState(false)
  const [all, setAll] = useState(false)
  const rows = useMemo(() => logOf(run, facts).reverse(), [run, facts])
  const wanted = minor ? rows : rows.filter((row) => !row.minor)
  const shown = all ? wanted : wanted.slice(0, FIRST)
  return (
    <Panel
      title="What happened"
      side={
        <Switch
          size="sm"
          label="Every detail"
          checked={minor}
          onChange={(event) => setMinor(event.currentTarget.checked)}
        />
      }
    >
      {rows.length === 0 && <Text c="dimmed">Nothing yet.</Text>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <ol className={classes.log} tabIndex={0} aria-label="What happened, newest first">
        {shown.map((row) => (
          <li key={row.key} className={classes.logRow} data-tone={row.tone}>
            <Text size="sm" c="dimmed" component="span">
              <Moment ms={row.ms} precise />
            </Text>
            <span>{row.text}</span>
          </li>
        ))}
      </ol>
      {wanted.length > shown.length && (
        <Button variant="default" size="xs" w="fit-content" onClick={() => setAll(true)}>
          Show all {wanted.length}
        </Button>
      )}
    </Panel>
  )
}
