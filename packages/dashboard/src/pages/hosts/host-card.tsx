import { formatDuration } from '@chaos-lite/shared'
import type { HostView } from '@chaos-lite/shared/api'
import { Alert, Anchor, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link, useNavigate } from 'react-router'
import { problemFrom, useApproveHost, useClock, useMay, useNamesakes } from '../../api/index.ts'
import { Labels, notifyProblem, Online, Said, ToneBadge } from '../../components/index.ts'
import classes from './hosts.module.css'
import { offerWords, remarksOf, troublesOf } from './model.ts'

function Approve({ host }: { host: HostView }) {
  const approve = useApproveHost()
  const may = useMay('administrator')
  const navigate = useNavigate()
  const sameName = useNamesakes(host).length > 0
  // One that got the same name a moment ago: the page of this host shows both, and asks what becomes of the old one.
  const refused = (error: Error) =>
    problemFrom(error).code === 'already-exists' ? void navigate(`/hosts/${host.hostId}`) : notifyProblem(error)
  return (
    <Group justify="space-between">
      <ToneBadge tone="warn">Waits for approval</ToneBadge>
      {may && sameName && (
        <Button size="xs" component={Link} to={`/hosts/${host.hostId}`}>
          Compare with the host of the same name
        </Button>
      )}
      {may && !sameName && (
        <Button
          size="xs"
          loading={approve.isPending}
          onClick={() => approve.mutate({ hostId: host.hostId }, { onError: refused })}
        >
          Approve
        </Button>
      )}
    </Group>
  )
}

function Facts({ host }: { host: HostView }) {
  const clock = host.clockBoundMs === null ? 'clock not measured' : `clock ± ${formatDuration(host.clockBoundMs)}`
  return (
    <Stack gap={2}>
      <Text size="sm">{offerWords(host)}</Text>
      <Text size="sm" c="dimmed">
        {host.inventory?.os ?? 'Nothing reported yet'} · {clock}
      </Text>
    </Stack>
  )
}

/** One host at a glance. */
export function HostCard({ host }: { host: HostView }) {
  const clock = useClock(10_000)
  const troubles = troublesOf(host)
  const remark = remarksOf(host)[0]
  return (
    <Paper
      withBorder
      p="md"
      component="article"
      className={classes.card}
      data-trouble={troubles.length > 0}
      data-state={host.state}
    >
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Anchor
            component={Link}
            to={`/hosts/${host.hostId}`}
            fw={650}
            c="inherit"
            underline="hover"
            className={classes.name}
          >
            {host.name}
          </Anchor>
          {host.state === 'revoked' ? (
            <ToneBadge tone="quiet">Revoked</ToneBadge>
          ) : (
            <Online online={host.online} lastSeenMs={host.lastSeenMs} clock={clock} />
          )}
        </Group>
        <Labels labels={host.labels} />
        {troubles.map((trouble) => (
          <Alert key={trouble} color="red" p="xs" icon={<IconAlertTriangle />}>
            <Said text={trouble} />
          </Alert>
        ))}
        <Facts host={host} />
        {remark !== undefined && (
          <Text size="sm" c="var(--held)">
            {remark}
          </Text>
        )}
        {host.busyRunId !== null && (
          <Anchor component={Link} to={`/runs/${host.busyRunId}`} size="sm">
            A drill is under way here
          </Anchor>
        )}
        {host.state === 'pending' && <Approve host={host} />}
      </Stack>
    </Paper>
  )
}
