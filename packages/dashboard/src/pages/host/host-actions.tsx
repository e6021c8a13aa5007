import type { HostView } from '@chaos-lite/shared/api'
import { Button } from '@mantine/core'
import { useApproveHost, useMay, useNamesakes, useRevokeHost } from '../../api/index.ts'
import { ConfirmButton, notifyDone, notifyProblem } from '../../components/index.ts'

/** Let in, or shut out. */
export function HostActions({ host }: { host: HostView }) {
  const may = useMay('administrator')
  const approve = useApproveHost()
  const revoke = useRevokeHost()
  const namesakes = useNamesakes(host)
  if (!may) return null
  const { hostId, name, state } = host
  return (
    <>
      {state === 'pending' && namesakes.length === 0 && (
        <Button loading={approve.isPending} onClick={() => approve.mutate({ hostId }, { onError: notifyProblem })}>
          Approve
        </Button>
      )}
      {state !== 'revoked' && (
        <ConfirmButton
          variant="default"
          label="Revoke"
          confirm={`Press again: ${name} is shut out at once`}
          loading={revoke.isPending}
          onConfirm={() =>
            revoke.mutate(hostId, { onError: notifyProblem, onSuccess: () => notifyDone(`${name} is revoked.`) })
          }
        />
      )}
    </>
  )
}
