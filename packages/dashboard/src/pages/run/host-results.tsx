import { describeCompared, type HostRestoration, type Run, restorationOfHost } from '@chaos-lite/shared'
import { Accordion, Group, List, Stack, Table, Text, Title } from '@mantine/core'
import { Panel, ToneBadge } from '../../components/index.ts'
import { restorationOf } from '../../words/index.ts'

function Compared({ items }: { items: HostRestoration['compared'] }) {
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Compared</Table.Th>
            <Table.Th>Before</Table.Th>
            <Table.Th>Now</Table.Th>
            <Table.Th>Same?</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two failures may compare the same thing
            <Table.Tr key={n} className="wrap-anywhere">
              <Table.Td>{one.item}</Table.Td>
              <Table.Td>{one.before}</Table.Td>
              <Table.Td>{one.now}</Table.Td>
              <Table.Td>
                <ToneBadge tone={one.same ? 'good' : 'bad'} size="sm">
                  {one.same ? 'Same' : 'Different'}
                </ToneBadge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Exercises({ run, hostId }: { run: Run; hostId: string }) {
  const rows = run.steps.flatMap((step) => step.hosts.filter((row) => row.hostId === hostId && row.exercise !== null))
  return rows.map((row) => (
    <Stack key={row.recordId ?? row.hostId} gap={4}>
      <Title order={4} size="h6">
        Restored from the backup
      </Title>
      <List size="sm">
        {row.exercise?.phases.map((one) => (
          <List.Item key={one.phase}>
            {one.phase}: {(one.tookMs / 1000).toFixed(1)} s
          </List.Item>
        ))}
        <List.Item>
          {row.exercise === null ? null : describeCompared(row.exercise)}; planted file {row.exercise?.canary}
        </List.Item>
      </List>
    </Stack>
  ))
}

/** Host by host: how it came back, and everything that was compared to know it. */
export function HostResults({ run }: { run: Run }) {
  const hosts = run.hosts
    .map((host) => ({ name: host.name, ...restorationOfHost(run, host.hostId) }))
    .filter((host) => host.restoration !== 'not applicable' || host.compared.length > 0)
  if (!hosts.some((host) => host.compared.length > 0)) return null
  return (
    <Panel
      title="Is every host as it was?"
      hint="What was compared after rolling back. Only what is proved is called identical."
    >
      <Accordion
        variant="separated"
        multiple
        // What was kept beside the original is for people to look at: nobody should have to look for it.
        defaultValue={hosts.filter((host) => host.kept.length > 0).map((host) => host.hostId)}
      >
        {hosts.map((host) => (
          <Accordion.Item key={host.hostId} value={host.hostId}>
            <Accordion.Control>
              <Group gap="sm">
                <Text fw={600}>{host.name}</Text>
                <ToneBadge tone={restorationOf(host).tone}>{restorationOf(host).label}</ToneBadge>
                <Text size="sm" c="dimmed">
                  {host.compared.length} {host.compared.length === 1 ? 'item' : 'items'} compared
                </Text>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              <Stack>
                {host.kept.length > 0 && (
                  <Stack gap={4}>
                    <Title order={3} size="h6">
                      Somebody else’s changes that were kept
                    </Title>
                    <List size="sm">
                      {host.kept.map((text) => (
                        <List.Item key={text}>{text}</List.Item>
                      ))}
                    </List>
                  </Stack>
                )}
                <Compared items={host.compared} />
                <Exercises run={run} hostId={host.hostId} />
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Panel>
  )
}
