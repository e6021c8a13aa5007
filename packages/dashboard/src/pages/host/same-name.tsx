import type { HostView } from '@chaos-lite/shared/api'
import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useApproveHost, useMay, useNamesakes } from '../../api/index.ts'
import { ConfirmButton, Moment, notifyDone, notifyProblem, Panel } from '../../components/index.ts'

function One({ host, what, children }: { host: HostView; what: string; children?: ReactNode }) {
  const seen = host.lastSeenMs === null ? 'never' : <Moment ms={host.lastSeenMs} />
  return (
    <Group component="li" justify="space-between" gap="sm">
      <Stack gap={2}>
        <Text size="sm" fw={600}>
          {what}
        </Text>
        <Anchor component={Link} to={`/hosts/${host.hostId}`} size="sm" ff="monospace">
          {host.hostId}
        </Anchor>
        <Text size="sm" c="dimmed">
          Enrolled <Moment ms={host.enrolledMs} />; {host.online ? 'has a link now' : <>last seen: {seen}</>}
        </Text>
      </Stack>
      {children}
    </Group>
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
      <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
        <One host={host} what="This host waits" />
        {others.map((old) => (
          <One key={old.hostId} host={old} what="Approved before">
            {may && (
              <ConfirmButton
                size="xs"
                label="Approve, replaces this one"
                confirm="Press again: it is revoked for ever"
                loading={approve.isPending}
                onConfirm={() => replace(old)}
              />
            )}
          </One>
        ))}
      </Stack>
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
