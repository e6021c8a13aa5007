import type { Run } from '@chaos-lite/shared'
import { Box, Group, Stack, Text } from '@mantine/core'
import { Fragment } from 'react'
import type { Clock } from '../../api/index.ts'
import { useMay } from '../../api/index.ts'
import { Moment, RunHeadline, StopRun } from '../../components/index.ts'
import { elapsedText } from '../../time/index.ts'
import { headlineAt, phaseWords, stageOf, timerWords } from '../../words/index.ts'
import { outageWords } from './model/outage.ts'
import { PhaseRail } from './phase-rail.tsx'
import classes from './run.module.css'

function Details({ run, clock }: { run: Run; clock: Clock }) {
  const outage = outageWords(run, clock.nowMs)
  const { text, named } = timerWords(headlineAt(run, clock.nowMs))
  return (
    <Text size="sm" c="dimmed" className="numbers">
      {text}
      {named.map(({ host, ms }, n) => (
        <Fragment key={host}>
          {n === 0 ? ': ' : '; '}
          {host}, <Moment ms={ms} precise />
        </Fragment>
      ))}
      {outage === null ? '' : ` · ${outage}`}
    </Text>
  )
}

/** Where the run stands, when it is back, and the way to stop it, always in reach: on top, or at the bottom of a phone. */
export function StopBar({ run, runId, clock }: { run: Run; runId: string; clock: Clock }) {
  const may = useMay('operator')
  const ended = run.phase === 'ended'
  // A host that has not reported how it came back still has its timer.
  if (ended && run.restoration !== 'pending') return null
  const beganMs = run.phases[0]?.ms ?? run.plannedMs ?? clock.nowMs
  return (
    <>
      <section className={classes.stopBar} aria-label="This run">
        <Group justify="space-between" wrap="nowrap" gap="md" className={classes.stopBarBody ?? ''}>
          <Stack gap={4} style={{ flex: 1, minWidth: 0 }}>
            <Group gap="sm" wrap="nowrap" justify="space-between">
              <Text fw={700} role="status" aria-live="polite">
                {phaseWords(stageOf(run))}
              </Text>
              {!ended && (
                <Text c="dimmed" className="numbers" aria-label="Time since the start">
                  {elapsedText(clock.nowMs - beganMs)}
                </Text>
              )}
            </Group>
            <RunHeadline run={run} clock={clock} size="lg" />
            <Details run={run} clock={clock} />
            <Box visibleFrom="sm" pt={4}>
              <PhaseRail run={run} old={clock.notKnownSinceMs !== null} />
            </Box>
          </Stack>
          {may && !ended && <StopRun runId={runId} phase={run.phase} stopped={run.aborts.length > 0} size="md" />}
        </Group>
      </section>
      <div className={classes.stopBarSpace} />
    </>
  )
}
