import type { HostView } from '@chaos-lite/shared/api'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useApproveHost, useNamesake } from '../api/hosts.ts'
import { useMay } from '../api/session.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { Moment } from './moment.tsx'
import { notifyDone, notifyProblem } from './notify.tsx'
import { ToneBadge } from './tone-badge.tsx'

function LastSeen({ ms }: { ms: number | null }) {
  if (ms === null) return 'never seen'
  return (
    <>
      last seen <Moment ms={ms} />
    </>
  )
}

/** What becomes of the approved host of the same name has to be said: the controller approves nothing else. */
function Namesake({ host, old }: { host: HostView; old: HostView }) {
  const approve = useApproveHost()
  const { hostId, name } = host
  const replaced = () => notifyDone(`${name} is approved, and the host that it replaces is revoked.`)
  return (
    <Alert color="orange" role="status" icon={<IconCopy />} title={`Another approved host is called ${name}`}>
      <Stack gap="xs">
        <Text size="sm">
          {old.hostId}, <LastSeen ms={old.lastSeenMs} />. If this is the same machine, installed again, replace that
          one: it is revoked at the same moment.
        </Text>
        <Group gap="xs">
          <ConfirmButton
            size="xs"
            label="Approve, replacing it"
            confirm={`Press again: the old ${name} is revoked`}
            loading={approve.isPending}
            onConfirm={() =>
              approve.mutate({ hostId, replaces: old.hostId }, { onError: notifyProblem, onSuccess: replaced })
            }
          />
          <Button
            size="xs"
            variant="default"
            disabled={approve.isPending}
            onClick={() => approve.mutate({ hostId, besides: true }, { onError: notifyProblem })}
          >
            Approve, keeping both
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

/** A host that waits for approval: says so, and lets administrators approve it. */
export function ApproveHost({ host }: { host: HostView }) {
  const approve = useApproveHost()
  const may = useMay('administrator')
  const old = useNamesake(host)
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <ToneBadge tone="warn">Waits for approval</ToneBadge>
        {may && old === null && (
          <Button
            size="xs"
            loading={approve.isPending}
            onClick={() => approve.mutate({ hostId: host.hostId }, { onError: notifyProblem })}
          >
            Approve
          </Button>
        )}
      </Group>
      {may && old !== null && <Namesake host={host} old={old} />}
    </Stack>
  )
}
