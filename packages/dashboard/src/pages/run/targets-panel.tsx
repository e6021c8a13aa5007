import { formatDuration, type Run } from '@chaos-lite/shared'
import { Group, Stack, Text } from '@mantine/core'
import type { Clock } from '../../api/index.ts'
import { Panel, ToneBadge } from '../../components/index.ts'
import { elapsedText } from '../../time/index.ts'
import type { Tone } from '../../words/index.ts'
import { type TargetState, type TargetView, targetsOf } from './model/targets.ts'
import { TargetBar } from './target-bar.tsx'
import { UntilNow } from './until-now.tsx'

const STATE: Readonly<Record<TargetState, { label: string; tone: Tone }>> = {
  met: { label: 'Met', tone: 'good' },
  missed: { label: 'Missed', tone: 'bad' },
  running: { label: 'Running', tone: 'live' },
  waiting: { label: 'Not measured', tone: 'quiet' },
  information: { label: 'No target', tone: 'quiet' },
}

function Value({ target, nowMs }: { target: TargetView; nowMs: number }) {
  const { state, value, runningSinceMs } = target
  const running = state === 'running' && runningSinceMs !== null
  const text = running ? elapsedText(nowMs - runningSinceMs) : (value ?? '–')
  return (
    <Text fw={650} size="lg" className="numbers">
      {text}
      {target.target !== null && (
        <Text span size="sm" c="dimmed" fw={400}>
          {' '}
          of {target.target}
        </Text>
      )}
    </Text>
  )
}

/** The bar of a target that is still being measured: how much of its time is used. */
function runningBar({ withinMs, runningSinceMs }: TargetView, nowMs: number): TargetView['bar'] {
  if (withinMs === null || runningSinceMs === null) return null
  const part = Math.min(1, Math.max(0, (0.75 * (nowMs - runningSinceMs)) / withinMs))
  return { value: part, low: part, high: part, target: 0.75 }
}

function Target({ target, nowMs }: { target: TargetView; nowMs: number }) {
  const { label, tone } = STATE[target.state]
  const bar = target.state === 'running' ? runningBar(target, nowMs) : target.bar
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text fw={500}>{target.words}</Text>
        <ToneBadge tone={tone}>{label}</ToneBadge>
      </Group>
      <Value target={target} nowMs={nowMs} />
      {bar !== null && <TargetBar bar={bar} state={target.state} />}
      <Text size="sm" c="dimmed">
        {target.how}
      </Text>
    </Stack>
  )
}

/** Measured against what was wanted, with the uncertainty of each measurement. */
export function TargetsPanel({ run, clock }: { run: Run; clock: Clock }) {
  const targets = targetsOf(run)
  const wanted = targets.filter((one) => one.withinMs !== null).map((one) => formatDuration(one.withinMs ?? 0))
  const hint = 'Value ± uncertainty, as on a calibration certificate (k = 2).'
  return (
    <Panel title="Measured times" hint={hint}>
      {targets.length === 0 && (
        <Text c="dimmed">{wanted.length === 0 ? 'This drill has no target times.' : 'Nothing measured yet.'}</Text>
      )}
      <UntilNow clock={clock} ended={run.phase === 'ended'}>
        <Stack gap="lg">
          {targets.map((target) => (
            <Target key={target.name} target={target} nowMs={clock.nowMs} />
          ))}
        </Stack>
      </UntilNow>
    </Panel>
  )
}
