import type { HostView } from '@chaos-lite/shared/api'
import { Alert, Anchor, Group, Stack } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { Link, useParams } from 'react-router'
import { useClock, useHost } from '../../api/index.ts'
import { Loaded, Online, Page, Said, ToneBadge } from '../../components/index.ts'
import { remarksOf, troublesOf } from '../hosts/model.ts'
import { HostActions } from './host-actions.tsx'
import { HostHardware } from './host-hardware.tsx'
import { HostInventory } from './host-inventory.tsx'
import { HostLabels } from './host-labels.tsx'
import { HostOffers } from './host-offers.tsx'
import { SameName } from './same-name.tsx'

function Notices({ host }: { host: HostView }) {
  return (
    <>
      {troublesOf(host).map((trouble) => (
        <Alert key={trouble} color="red" icon={<IconAlertTriangle />} title="A person must act">
          <Said text={trouble} />
        </Alert>
      ))}
      {remarksOf(host).map((remark) => (
        <Alert key={remark} color="orange" icon={<IconInfoCircle />}>
          {remark}
        </Alert>
      ))}
    </>
  )
}

function Found({ host }: { host: HostView }) {
  const clock = useClock(10_000)
  return (
    <Page
      title={host.name}
      intro={
        <Group gap="sm" component="span">
          <Online online={host.online} lastSeenMs={host.lastSeenMs} clock={clock} />
          {host.state === 'pending' && <ToneBadge tone="warn">Waits for approval</ToneBadge>}
          {host.state === 'revoked' && <ToneBadge tone="quiet">Revoked</ToneBadge>}
        </Group>
      }
      actions={<HostActions host={host} />}
    >
      <Stack gap="lg">
        <Notices host={host} />
        <SameName host={host} />
        <Anchor component={Link} to={`/runs?host=${host.hostId}`} size="sm" w="fit-content">
          Runs with this host
        </Anchor>
        <HostLabels key={host.hostId} host={host} />
        <HostInventory host={host} />
        <HostHardware hostId={host.hostId} />
        <HostOffers host={host} />
      </Stack>
    </Page>
  )
}

/** The page `/hosts/:hostId`. What may be drilled there is shown as the host's own policy says it. */
export function HostPage() {
  const { hostId = '' } = useParams()
  const host = useHost(hostId)
  return (
    <Stack>
      <Anchor component={Link} to="/hosts" size="sm" underline="hover" w="fit-content">
        ← All hosts
      </Anchor>
      <Loaded query={host}>{(found) => <Found host={found} />}</Loaded>
    </Stack>
  )
}
