import { Alert, Code } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { useStopAllTries } from '../../api/index.ts'
import { HALT } from '../../components/index.ts'

/** On every page, in red, for as long as the controller has not acknowledged that everything is to be stopped. */
export function StopTriesNotice() {
  const tries = useStopAllTries()
  return (
    <div aria-live="polite">
      {tries > 0 && (
        <Alert
          color="red"
          icon={<IconHandStop />}
          mb="md"
          title="Stop everything: the controller has not acknowledged it"
        >
          Asked {tries === 1 ? 'once' : `${tries} times`}; it is asked again every few seconds until it answers. Keep
          this page open. Without the controller, run <Code>{HALT}</Code> as root on each host: it rolls the host back
          at once. Otherwise each host rolls itself back when its safety timer is over.
        </Alert>
      )}
    </div>
  )
}
