import { Box } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Clock } from '../../api/index.ts'
import { NotKnownSince } from '../../components/index.ts'
import classes from './run.module.css'

/** Bars and counters that grow with the time. While nothing is heard they end at what was heard last, grey, and say so. */
export function UntilNow({ clock, ended, children }: { clock: Clock; ended: boolean; children: ReactNode }) {
  const since = ended ? null : clock.notKnownSinceMs
  return (
    <>
      {since !== null && <NotKnownSince ms={since} />}
      <Box className={classes.untilNow ?? ''} data-old={since !== null}>
        {children}
      </Box>
    </>
  )
}
