import { formatDuration, OBJECTIVE_WORDS, type ObjectiveName, type Plan, revertOrderText } from '@chaos-lite/shared'
import { Alert, List, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconClockExclamation, IconFlask } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Panel } from '../../components/index.ts'
import { PlanHost } from './plan-host.tsx'
import { peopleSteps, plannedHosts } from './plan-model.ts'
import { StartBar } from './start-bar.tsx'

function Part({ title, items }: { title: string; items: readonly ReactNode[] }) {
  if (items.length === 0) return null
  return (
    <Stack gap={4}>
      <Title order={3} size="h6">
        {title}
      </Title>
      <List size="sm" spacing={4}>
        {items.map((item) => (
          <List.Item key={String(item)}>{item}</List.Item>
        ))}
      </List>
    </Stack>
  )
}

function targetsOf(plan: Plan): string[] {
  return Object.entries(plan.objectives).map(
    ([name, target]) => `${OBJECTIVE_WORDS[name as ObjectiveName]}: within ${formatDuration(target?.withinMs ?? 0)}`,
  )
}

function WorstCase({ plan }: { plan: Plan }) {
  if (plan.worstCaseMs === 0) {
    return (
      <Alert color="green" title="Nothing is changed on any host" icon={<IconClockExclamation />}>
        This plan only looks, or works in scratch space.
      </Alert>
    )
  }
  return (
    <Alert
      color="orange"
      title={`Worst case: something stays changed for ${formatDuration(plan.worstCaseMs)}`}
      icon={<IconClockExclamation />}
    >
      That is the longest, even if this controller, the network or the agent dies: from the start until the safety timer
      of the host has fired and has rolled the failure back. Normally it is much shorter. {revertOrderText(plan)}
    </Alert>
  )
}

/** Exactly what a run of this plan would do. A run is started from here only. */
export function PlanView({ plan }: { plan: Plan }) {
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Not returned: newer browsers give a promise, which is no way to clean up.
    top.current?.scrollIntoView({ block: 'start' })
  }, [])
  const hosts = plannedHosts(plan)
  return (
    <div ref={top} style={{ scrollMarginTop: 76 }}>
      <Panel title="The plan" hint="Host by host: what is touched, how, for how long, and how it is rolled back.">
        {plan.mode === 'simulated' && (
          <Alert color="gray" icon={<IconFlask />} title="Simulated">
            A host of this plan is simulated: the run is no evidence.
          </Alert>
        )}
        <WorstCase plan={plan} />
        <Stack>
          {hosts.map((host) => (
            <PlanHost key={host.hostId} host={host} />
          ))}
        </Stack>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Part title="People" items={peopleSteps(plan)} />
          <Part title="Target times" items={targetsOf(plan)} />
          <Part
            title="Stops early when"
            items={plan.abort.map((one) => `${one.probeId} fails ${one.failsInARow} times in a row`)}
          />
          <Part title="Evidence for" items={plan.controls} />
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          Plan fingerprint: {plan.digest}
        </Text>
        <StartBar plan={plan} />
      </Panel>
    </div>
  )
}
