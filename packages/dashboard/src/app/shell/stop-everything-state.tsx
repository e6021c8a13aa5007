import { Group, Progress, Stack, Table, Text } from '@mantine/core'
import { useStopAllView } from '../../api/index.ts'
import { ProblemAlert, Said, ToneBadge } from '../../components/index.ts'
import { STOP_STATE } from './stop-words.ts'

function headline(done: number, all: number): string {
  if (all === 0) return 'Nothing was under way: no host had anything to roll back.'
  if (done === all) return `All ${all === 1 ? 'done: the host has' : `${all} hosts have`} confirmed.`
  return `${done} of ${all} hosts have confirmed.`
}

/** Host by host, until the last one has confirmed. */
export function StopEverythingState() {
  const { data, isError, error } = useStopAllView(true)
  const hosts = data?.hosts ?? []
  const done = hosts.filter((host) => host.state === 'confirmed').length
  const part = hosts.length === 0 ? 100 : (100 * done) / hosts.length
  return (
    <Stack>
      <Text fw={600} role="status">
        {headline(done, hosts.length)}
      </Text>
      <Progress value={part} color={part === 100 ? 'green' : 'ink'} aria-label="Hosts that have confirmed" />
      {isError && <ProblemAlert error={error} />}
      {hosts.length > 0 && (
        <Table verticalSpacing="sm">
          <Table.Tbody>
            {hosts.map((host) => (
              <Table.Tr key={`${host.hostId} ${host.runId}`}>
                <Table.Td fw={600}>{host.name}</Table.Td>
                <Table.Td>
                  <Group gap={4}>
                    <ToneBadge tone={STOP_STATE[host.state].tone}>{STOP_STATE[host.state].label}</ToneBadge>
                    <Text size="sm" c="dimmed">
                      <Said text={host.detail} />
                    </Text>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  )
}
