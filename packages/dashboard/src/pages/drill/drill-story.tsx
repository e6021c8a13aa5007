import type { Drill } from '@chaos-lite/shared'
import { List, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useAlertAddress, useMay } from '../../api/index.ts'
import type { Values } from '../../components/index.ts'
import { Copyable, Panel } from '../../components/index.ts'
import { storyOf } from './needs.ts'

function Part({ title, items, ordered = false }: { title: string; items: readonly string[]; ordered?: boolean }) {
  if (items.length === 0) return null
  return (
    <Stack gap={4}>
      <Title order={3} size="h6">
        {title}
      </Title>
      <List size="sm" spacing={4} type={ordered ? 'ordered' : 'unordered'}>
        {items.map((item) => (
          <List.Item key={item}>{item}</List.Item>
        ))}
      </List>
    </Stack>
  )
}

/** The form for senders that are not recognized. */
const ALERT_EXAMPLE = '{"status":"firing","text":"What happened"}'

function AlertAddress({ name }: { name: string }) {
  const may = useMay('operator')
  const { data } = useAlertAddress(name, may)
  if (data === undefined) return null
  return (
    <Stack gap={4}>
      <Title order={3} size="h6">
        Address for your monitoring system
      </Title>
      <Text size="sm" c="dimmed">
        Send alerts to this address with the method POST, up to 1 MiB; GET is refused. Alerts from Uptime Kuma,
        Alertmanager, Grafana, Zabbix, PRTG, Checkmk and Nagios are recognized. Anyone who knows the address can report
        the alert: keep it secret.
      </Text>
      <Copyable text={data.url} label="the address" />
      <Text size="sm" c="dimmed">
        Any other system sends JSON in this form. A message in another form does not count until a person confirms the
        alert; a recovery (“resolved”) never counts.
      </Text>
      <Copyable text={ALERT_EXAMPLE} label="the example" />
    </Stack>
  )
}

/** The drill in plain words, with the values that stand in the form. */
export function DrillStoryPanel({ drill, name, values }: { drill: Drill; name: string; values: Values }) {
  const story = storyOf(drill, values)
  const alerts = drill.method.some((step) => 'expectAlert' in step)
  return (
    <Panel title="What it does">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Stack>
          <Part title="Which hosts" items={story.needs} />
          <Part title="Step by step" items={story.steps} ordered />
        </Stack>
        <Stack>
          <Part title="Health checks (must pass before and after)" items={story.mustWork} />
          <Part title="For information" items={story.alsoWatched} />
          <Part title="Target times" items={story.targets} />
          <Part title="Stops early when" items={story.stopsWhen} />
        </Stack>
      </SimpleGrid>
      {alerts && <AlertAddress name={name} />}
    </Panel>
  )
}
