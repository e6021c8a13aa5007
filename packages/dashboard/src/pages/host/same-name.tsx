import type { HostView } from '@chaos-lite/shared/api'
import { Anchor, Button, Group, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useApproveHost, useNamesakes } from '../../api/hosts.ts'
import { useMay } from '../../api/session.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { Moment } from '../../components/moment.tsx'
import { notifyDone, notifyProblem } from '../../components/notify.tsx'
import { Panel } from '../../components/panel.tsx'

function Row({ host, what, children }: { host: HostView; what: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Td>{what}</Table.Td>
      <Table.Td>
        <Anchor component={Link} to={`/hosts/${host.hostId}`} ff="monospace" size="sm">
          {host.hostId}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Moment ms={host.enrolledMs} />
      </Table.Td>
      <Table.Td>
        {host.online ? 'has a link now' : host.lastSeenMs === null ? 'never' : <Moment ms={host.lastSeenMs} />}
      </Table.Td>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  )
}

function Choice({ host, others }: { host: HostView; others: readonly HostView[] }) {
  const approve = useApproveHost()
  const may = useMay('administrator')
  const { hostId, name } = host
  const replace = (old: HostView) =>
    approve.mutate(
      { hostId, replaces: old.hostId },
      { onError: notifyProblem, onSuccess: () => notifyDone(`${name} is approved, and ${old.hostId} is revoked.`) },
    )
  return (
    <Panel
      title="Another approved host has this name"
      hint="A host that was installed again waits here. Its labels are not taken over from the old one."
    >
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {['Host', 'Id', 'Enrolled', 'Last seen', 'What to do'].map((head) => (
                <Table.Th key={head}>{head}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Row host={host} what="This host, waits">
              {null}
            </Row>
            {others.map((old) => (
              <Row key={old.hostId} host={old} what="Approved">
                {may && (
                  <ConfirmButton
                    size="xs"
                    label="Approve, replaces this one"
                    confirm={`Press again: ${old.hostId} is revoked for ever`}
                    loading={approve.isPending}
                    onConfirm={() => replace(old)}
                  />
                )}
              </Row>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {may && (
        <Group>
          <Text size="sm">Are they two hosts?</Text>
          <Button
            variant="default"
            size="xs"
            loading={approve.isPending}
            onClick={() => approve.mutate({ hostId, besides: true }, { onError: notifyProblem })}
          >
            Approve, keep both
          </Button>
        </Group>
      )}
    </Panel>
  )
}

/** Shown where a host waits that has the name of an approved one: which is which, and what becomes of the old one. */
export function SameName({ host }: { host: HostView }) {
  const others = useNamesakes(host)
  return others.length === 0 ? null : <Choice host={host} others={others} />
}
