import type { Run } from '@chaos-lite/shared'
import { Group, Stack, Text } from '@mantine/core'
import type { Clock } from '../../api/index.ts'
import { Panel, ToneBadge } from '../../components/index.ts'
import type { Tone } from '../../words/index.ts'
import { type AlsoWatched, alsoWatchedOf } from './model/also-watched.ts'
import { UntilNow } from './until-now.tsx'

const STATE: Readonly<Record<AlsoWatched['state'], { label: string; tone: Tone }>> = {
  broken: { label: 'Broken', tone: 'bad' },
  'was broken': { label: 'Was broken', tone: 'warn' },
  fine: { label: 'Fine', tone: 'good' },
  changed: { label: 'Changed', tone: 'quiet' },
  'as before': { label: 'As before', tone: 'quiet' },
  'not known': { label: 'Not known', tone: 'quiet' },
}

/** What else broke. These give no verdict: they show what depends on the failed part. */
export function AlsoWatchedPanel({ run, clock }: { run: Run; clock: Clock }) {
  const watched = alsoWatchedOf(run, clock.nowMs)
  const hurt = watched.filter((one) => one.state === 'broken' || one.state === 'was broken').length
  const hint =
    hurt === 0
      ? `Nothing else broke${run.phase === 'ended' ? '' : ' so far'}.`
      : 'For information only: shows what depends on the failed part.'
  return (
    <Panel title="What else broke" hint={watched.length === 0 ? 'This drill watches nothing else.' : hint}>
      <UntilNow clock={clock} ended={run.phase === 'ended' || watched.length === 0}>
        <Stack gap="sm">
          {watched.map((one) => (
            <Group key={one.key} justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
              <Stack gap={0}>
                <Text fw={500}>
                  {one.name}{' '}
                  <Text span c="dimmed" size="sm">
                    on {one.host}
                  </Text>
                </Text>
                <Text size="sm" c="dimmed">
                  {one.sentence}
                </Text>
              </Stack>
              <ToneBadge tone={STATE[one.state].tone} style={{ flex: 'none' }}>
                {STATE[one.state].label}
              </ToneBadge>
            </Group>
          ))}
        </Stack>
      </UntilNow>
    </Panel>
  )
}
