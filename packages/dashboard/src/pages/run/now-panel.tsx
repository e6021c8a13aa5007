import { formatDuration, type Run } from '@chaos-lite/shared'
import { Group, Progress, Stack, Text } from '@mantine/core'
import type { Clock } from '../../api/index.ts'
import { Panel } from '../../components/index.ts'
import { elapsedText } from '../../time/index.ts'
import { phaseWords, stageOf } from '../../words/index.ts'
import { type Active, activeOf } from './model/active.ts'
import { UntilNow } from './until-now.tsx'

const COLOUR: Readonly<Record<Active['tone'], string>> = {
  starting: 'orange',
  held: 'orange',
  back: 'blue',
  people: 'ink',
  work: 'ink',
}

function ActiveRow({ active, nowMs }: { active: Active; nowMs: number }) {
  const elapsedMs = Math.max(0, nowMs - active.sinceMs)
  const { limitMs } = active
  const part = limitMs === null ? 100 : Math.min(100, (100 * elapsedMs) / limitMs)
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Text fw={600}>{active.title}</Text>
        <Text className="numbers" style={{ whiteSpace: 'nowrap' }}>
          {elapsedText(elapsedMs)}
          {limitMs !== null && (
            <Text span c="dimmed">
              {' '}
              of {formatDuration(limitMs)}
            </Text>
          )}
        </Text>
      </Group>
      <Progress value={part} color={COLOUR[active.tone]} size="sm" aria-label={`${active.title}: time used`} />
      <Text size="sm" c="dimmed">
        {active.detail}
      </Text>
    </Stack>
  )
}

/** What is going on at this moment, with the time it has taken and may take. What people do stands in their own panel. */
export function NowPanel({ run, clock }: { run: Run; clock: Clock }) {
  const active = activeOf(run).filter((one) => one.tone !== 'people')
  return (
    <Panel title="Now">
      <UntilNow clock={clock} ended={false}>
        <Stack gap="md">
          {active.length === 0 && <Text>{phaseWords(stageOf(run))}.</Text>}
          {active.map((one) => (
            <ActiveRow key={one.key} active={one} nowMs={clock.nowMs} />
          ))}
        </Stack>
      </UntilNow>
    </Panel>
  )
}
