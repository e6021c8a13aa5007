import { Code, Group, List, Stack, Text, Title } from '@mantine/core'
import { Labels, ToneBadge } from '../../components/index.ts'
import classes from './drill.module.css'
import type { PlannedDeed, PlannedHostView } from './plan-model.ts'

function Deed({ deed }: { deed: PlannedDeed }) {
  return (
    <Stack gap={6}>
      <Text fw={600} size="sm">
        {deed.title}
      </Text>
      <List size="sm" spacing={4}>
        {deed.sentences.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
        <List.Item>{deed.longest}.</List.Item>
        {deed.confirmedBy !== null && <List.Item>{deed.confirmedBy}.</List.Item>}
      </List>
      {deed.touches.length > 0 && (
        <Text size="sm" c="dimmed" component="div">
          Touches only:{' '}
          {deed.touches.map((touch) => (
            <Code key={touch} mr={6}>
              {touch}
            </Code>
          ))}
        </Text>
      )}
    </Stack>
  )
}

/** What happens on one host, and what does not. */
export function PlanHost({ host }: { host: PlannedHostView }) {
  const touched = host.deeds.length > 0
  return (
    <section className={classes.host} data-touched={touched} aria-label={host.name}>
      <Stack gap="sm">
        <Group gap="sm">
          <Title order={3} size="h5">
            {host.name}
          </Title>
          <Labels labels={host.labels} />
          <ToneBadge tone={touched ? 'warn' : 'quiet'}>{touched ? 'Will be changed' : 'Only looks'}</ToneBadge>
        </Group>
        {host.deeds.map((deed) => (
          <Deed key={deed.stepId} deed={deed} />
        ))}
        {host.looks.length > 0 && (
          <Text size="sm" c="dimmed">
            Looks from here: {host.looks.join(', ')}.
          </Text>
        )}
      </Stack>
    </section>
  )
}
