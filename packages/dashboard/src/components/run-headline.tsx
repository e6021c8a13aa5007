import type { Run } from '@chaos-lite/shared'
import { Group, Stack, Text } from '@mantine/core'
import { IconClockQuestion } from '@tabler/icons-react'
import type { Clock } from '../api/index.ts'
import { fullText } from '../time/index.ts'
import type { Tone } from '../words/index.ts'
import { backWords, headlineAt, meanwhileWords } from '../words/index.ts'
import { Moment } from './moment.tsx'

const COLOUR: Readonly<Record<Tone, string>> = {
  good: 'var(--passing)',
  bad: 'var(--broken)',
  warn: 'var(--held)',
  quiet: 'dimmed',
  live: 'var(--mantine-color-text)',
}

/** Says since when nothing is known. */
export function NotKnownSince({ ms }: { ms: number }) {
  return (
    <Group gap={6} wrap="nowrap" c="dimmed">
      <IconClockQuestion size={18} aria-hidden style={{ flex: 'none' }} />
      <Text fw={700} className="numbers">
        Not known since <Moment ms={ms}>{fullText(ms)}</Moment>
      </Text>
    </Group>
  )
}

/** When everything is back, in one line; while nothing is heard, since when, and what holds meanwhile. */
export function RunHeadline({ run, clock, size }: { run: Run; clock: Clock; size: 'sm' | 'lg' }) {
  const { nowMs, notKnownSinceMs } = clock
  const headline = headlineAt(run, nowMs)
  if (notKnownSinceMs !== null && run.phase !== 'ended') {
    return (
      <Stack gap={2}>
        <NotKnownSince ms={notKnownSinceMs} />
        <Text size="sm" className="numbers">
          {meanwhileWords(headline, nowMs)}
        </Text>
      </Stack>
    )
  }
  const { text, ms, more, tone } = backWords(headline, nowMs)
  return (
    <Text size={size} fw={tone === 'quiet' ? 500 : 700} c={COLOUR[tone]} className="numbers">
      {ms === undefined ? text : <Moment ms={ms}>{text}</Moment>}{' '}
      {more !== undefined && (
        <Text span size="sm" fw={400} c="var(--mantine-color-text)">
          ({more})
        </Text>
      )}
    </Text>
  )
}
