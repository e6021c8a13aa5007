import { formatDuration, notNow, type Plan } from '@chaos-lite/shared'
import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconPlayerPlay } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { useStartRun } from '../../api/index.ts'
import { ConfirmButton, ProblemAlert, Said } from '../../components/index.ts'
import classes from './drill.module.css'

/** What would refuse the run at this moment; it may be over in a minute, so the button stays. */
function NotNow({ plan }: { plan: Plan }) {
  const reasons = notNow(plan)
  if (reasons.length === 0) return null
  return (
    <Alert color="orange" icon={<IconAlertTriangle />} title="It cannot be started now" role="status">
      {reasons.map(({ hostId, name, reason }) => (
        <Text key={`${hostId} ${reason}`} size="sm">
          {name}: <Said text={reason} />
        </Text>
      ))}
      <Text size="sm">A run that is started now is skipped. Plan the drill again to check.</Text>
    </Alert>
  )
}

/** Starts exactly the plan above it. */
export function StartBar({ plan }: { plan: Plan }) {
  const start = useStartRun()
  const navigate = useNavigate()
  const changed = new Set(plan.steps.flatMap((step) => (step.kind === 'inject' ? step.hostIds : []))).size
  const hosts = changed === 1 ? '1 host' : `${changed} hosts`
  const what =
    changed === 0 ? 'Nothing is changed.' : `${hosts} changed, for at most ${formatDuration(plan.worstCaseMs)}.`
  return (
    <div className={classes.start}>
      <Stack gap="sm">
        <NotNow plan={plan} />
        {start.isError && <ProblemAlert error={start.error} title="The run was not started" />}
        <Group justify="space-between">
          <Text size="sm" fw={500}>
            {what}
          </Text>
          <ConfirmButton
            label="Start this drill"
            confirm="Press again to start now"
            loading={start.isPending}
            leftSection={<IconPlayerPlay size={18} aria-hidden />}
            onConfirm={() => start.mutate(plan, { onSuccess: (run) => void navigate(`/runs/${run.runId}`) })}
          />
        </Group>
      </Stack>
    </div>
  )
}
