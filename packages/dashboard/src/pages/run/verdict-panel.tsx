import { formatDuration, hasBeenStuck, type Run, summarise } from '@chaos-lite/shared'
import { API } from '@chaos-lite/shared/api'
import { Anchor, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX, IconDownload } from '@tabler/icons-react'
import { Hinted, Said, ToneBadge } from '../../components/index.ts'
import { dateText, minuteText } from '../../time/index.ts'
import { effectOf, headlineOf, OUTCOME, restorationOf, type Tone } from '../../words/index.ts'
import classes from './run.module.css'

const ICON = {
  good: IconCircleCheck,
  bad: IconCircleX,
  warn: IconAlertTriangle,
  quiet: IconCircleMinus,
  live: IconCircleMinus,
}
/** As style sheets know them: an icon takes no name of the component library. */
const QUIET = 'var(--mantine-color-dimmed)'
const COLOUR = { good: 'var(--passing)', bad: 'var(--broken)', warn: 'var(--held)', quiet: QUIET, live: QUIET }

function toneOf(run: Run): Tone {
  if (run.restoration === 'stuck' || run.restoration === 'unknown') return 'bad'
  return run.outcome === null ? 'quiet' : OUTCOME[run.outcome].tone
}

const OWN_TIMES = { minute: minuteText, instant: (ms: number) => dateText(ms) }

/** One sentence per host, with times in the reader's zone; with times in UTC it shows when it is pointed at. */
function Sentences({ run }: { run: Run }) {
  const inUtc = new Map(summarise(run).map(({ hostId, sentence }) => [hostId, sentence]))
  return summarise(run, OWN_TIMES).map(({ hostId, sentence }) => {
    const hint = inUtc.get(hostId) ?? sentence
    return <Text key={hostId}>{hint === sentence ? `${sentence}.` : <Hinted hint={hint}>{sentence}.</Hinted>}</Text>
  })
}

function lastedText(run: Run): string {
  const beganMs = run.phases[0]?.ms
  return run.endedMs === null || beganMs === undefined ? '' : `It took ${formatDuration(run.endedMs - beganMs)}.`
}

/** What the run came to: the verdict, one sentence per host, and why. */
export function VerdictPanel({ run, runId }: { run: Run; runId: string }) {
  const tone = toneOf(run)
  const Icon = ICON[tone]
  const effect = effectOf(run)
  const back = restorationOf({ restoration: run.restoration, wasStuck: hasBeenStuck(run) })
  return (
    <Paper
      withBorder
      p={{ base: 'md', sm: 'xl' }}
      className={classes.verdict}
      data-tone={tone}
      component="section"
      aria-label="Verdict"
    >
      <Stack>
        <Group gap="md" wrap="nowrap" align="flex-start" role="status">
          <Icon size={44} color={COLOUR[tone]} aria-hidden style={{ flex: 'none' }} />
          <Stack gap={4}>
            <Title order={2} c={COLOUR[tone]}>
              {run.outcome === null ? 'Ended' : OUTCOME[run.outcome].label}
            </Title>
            <Text size="lg">
              {headlineOf(run)}{' '}
              <Text span c="dimmed">
                {lastedText(run)}
              </Text>
            </Text>
          </Stack>
        </Group>
        <Group gap="xs">
          <ToneBadge tone={effect.tone} size="lg">
            {effect.label}
          </ToneBadge>
          <ToneBadge tone={back.tone} size="lg">
            {back.label}
          </ToneBadge>
        </Group>
        <Stack gap={4}>
          <Sentences run={run} />
        </Stack>
        {run.reasons.length > 0 && (
          <Stack gap={4}>
            <Title order={3} size="h5">
              {run.outcome === 'passed' ? 'Worth knowing' : 'Why'}
            </Title>
            <List spacing={4}>
              {run.reasons.map((reason) => (
                <List.Item key={reason}>
                  <Said text={reason} />
                </List.Item>
              ))}
            </List>
          </Stack>
        )}
        <Anchor href={`${API}/runs/${runId}/record`} download={`chaos-lite-${runId}.json`} w="fit-content">
          <Group gap={6} component="span">
            <IconDownload size={18} aria-hidden />
            The whole record as JSON
          </Group>
        </Anchor>
      </Stack>
    </Paper>
  )
}
