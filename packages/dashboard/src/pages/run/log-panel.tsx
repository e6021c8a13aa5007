import type { Run, SourcedFact } from '@chaos-lite/shared'
import { Button, Group, Switch, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Panel } from '../../components/index.ts'
import { bareTimeText, bareUtcTimeText, isoText, timeText, zoneNames, zoneText } from '../../time/index.ts'
import { logOf } from './model/log.ts'
import classes from './run.module.css'

const FIRST = 200

/** Everything that happened, newest first, in plain sentences. */
export function LogPanel({ run, facts }: { run: Run; facts: readonly SourcedFact[] }) {
  const [minor, setMinor] = useState(false)
  const [all, setAll] = useState(false)
  const [utc, setUtc] = useState(false)
  const rows = useMemo(() => logOf(run, facts).reverse(), [run, facts])
  const steady = zoneText(rows[0]?.ms ?? 0) === zoneText(rows.at(-1)?.ms ?? 0)
  const timeOf = utc ? bareUtcTimeText : steady ? bareTimeText : timeText
  const wanted = minor ? rows : rows.filter((row) => !row.minor)
  const shown = all ? wanted : wanted.slice(0, FIRST)
  return (
    <Panel
      title="What happened"
      hint={`Times in ${utc ? 'UTC' : zoneNames(rows[0]?.ms ?? Date.now())}.`}
      side={
        <Group gap="md">
          <Switch size="sm" label="UTC" checked={utc} onChange={(event) => setUtc(event.currentTarget.checked)} />
          <Switch
            size="sm"
            label="Every detail"
            checked={minor}
            onChange={(event) => setMinor(event.currentTarget.checked)}
          />
        </Group>
      }
    >
      {rows.length === 0 && <Text c="dimmed">Nothing yet.</Text>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <ol className={classes.log} tabIndex={0} aria-label="What happened, newest first">
        {shown.map((row) => (
          <li key={row.key} className={classes.logRow} data-tone={row.tone}>
            <Text size="sm" c="dimmed" component="span">
              <time dateTime={isoText(row.ms)} className="numbers" data-zone>
                {timeOf(row.ms)}
              </time>
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
