import type { HostView } from '@chaos-lite/shared/api'
import { useRevokeHost } from '../../api/hosts.ts'
import { useMay } from '../../api/session.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone, notifyProblem } from '../../components/notify.tsx'

/** Shuts the host out. */
export function HostActions({ host }: { host: HostView }) {
  const may = useMay('administrator')
  const revoke = useRevokeHost()
  const { hostId, name, state } = host
  if (!may || state === 'revoked') return null
  return (
    <ConfirmButton
      variant="default"
      label="Revoke"
      confirm={`Press again: ${name} is shut out at once`}
      loading={revoke.isPending}
      onConfirm={() =>
        revoke.mutate(hostId, { onError: notifyProblem, onSuccess: () => notifyDone(`${name} is revoked.`) })
      }
    />
  )
}
