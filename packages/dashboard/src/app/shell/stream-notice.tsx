import { Alert, Code } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useClock, useStreamStatus } from '../../api/index.ts'
import { HALT, Moment } from '../../components/index.ts'
import { fullText } from '../../time/index.ts'

const TICK_MS = 1_000

/** Says, while it is so, since when nothing is known, and what holds meanwhile. */
export function StreamNotice() {
  const lost = useStreamStatus() === 'lost'
  const { notKnownSinceMs } = useClock(TICK_MS)
  const since =
    notKnownSinceMs === null ? null : (
      <>
        : not known since <Moment ms={notKnownSinceMs}>{fullText(notKnownSinceMs)}</Moment>
      </>
    )
  return (
    <div aria-live="polite">
      {(lost || notKnownSinceMs !== null) && (
        <Alert color="orange" icon={<IconPlugConnectedX />} mb="md" title={<>The live connection is lost{since}</>}>
          This page reconnects by itself. Hosts roll themselves back when their safety timers are over, also without the
          controller. To roll a host back at once, run <Code>{HALT}</Code> on it as root.
        </Alert>
      )}
    </div>
  )
}
