import { Alert } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useLinkStatus } from '../../api/live/use-live.ts'

/** Says, while it is so, that what is shown may be old. */
export function LinkNotice() {
  const status = useLinkStatus()
  return (
    <div aria-live="polite">
      {status === 'lost' && (
        <Alert color="orange" icon={<IconPlugConnectedX />} mb="md" title="The live connection is lost">
          What you see may be old; this page reconnects by itself. Hosts put themselves back even if the controller is
          gone.
        </Alert>
      )}
    </div>
  )
}
