import type { Run } from '@chaos-lite/shared'
import { Stack } from '@mantine/core'
import { Panel } from '../../components/index.ts'
import { AlertCard } from './alert-card.tsx'
import { QuestionCard } from './question-card.tsx'

/** What the drill wants from people. */
export function PeoplePanel({ run, runId, nowMs }: { run: Run; runId: string; nowMs: number }) {
  const alerts = run.alerts.filter((alert) => alert.awaitedMs !== null)
  const open = run.questions.some((one) => one.answer === null) || alerts.some((one) => one.received === null)
  return (
    <Panel title={open && run.phase !== 'ended' ? 'Your part' : 'What people saw'}>
      <Stack>
        {alerts.map((alert) => (
          <AlertCard key={alert.stepId} alert={alert} run={run} runId={runId} nowMs={nowMs} />
        ))}
        {run.questions.map((question) => (
          <QuestionCard key={question.stepId} question={question} run={run} runId={runId} nowMs={nowMs} />
        ))}
      </Stack>
    </Panel>
  )
}
