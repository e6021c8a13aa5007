import { type Plan, parseDrill } from '@chaos-lite/shared'
import type { DrillView } from '@chaos-lite/shared/api'
import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useDrill, usePlan } from '../../api/index.ts'
import { firstValues, Loaded, Page, ToneBadge, type Values, valuesToSend } from '../../components/index.ts'
import { KIND_WORDS } from '../../words/index.ts'
import { DrillMistakes } from './drill-mistakes.tsx'
import { DrillSource } from './drill-source.tsx'
import { DrillStoryPanel } from './drill-story.tsx'
import { ParamsPanel } from './params-panel.tsx'
import { PlanView } from './plan-view.tsx'

/** The parameters, and the plan made from them: another value, and the plan has to be made anew. */
function Planning({
  drill,
  values,
  setValues,
}: {
  drill: DrillView
  values: Values
  setValues: (values: Values) => void
}) {
  const plan = usePlan()
  const [looked, setLooked] = useState<Plan | null>(null)
  const change = (next: Values) => {
    setValues(next)
    setLooked(null)
    plan.reset()
  }
  const ask = () => plan.mutate({ drill: drill.name, params: valuesToSend(drill, values) }, { onSuccess: setLooked })
  return (
    <>
      <ParamsPanel drill={drill} values={values} onChange={change} onPlan={ask} planning={plan} />
      {looked !== null && <PlanView plan={looked} />}
    </>
  )
}

function Found({ drill }: { drill: DrillView }) {
  const parsed = useMemo(() => parseDrill(drill.source, { file: `${drill.name}.yaml`, menu: null }), [drill])
  const [values, setValues] = useState<Values>(() => firstValues(drill))
  const kind = KIND_WORDS[drill.kind]
  return (
    <Page
      title={drill.title}
      intro={
        <>
          {drill.why}
          <br />
          {kind.label}, version {drill.version}. {kind.meaning}
        </>
      }
      actions={drill.mistakes.length > 0 && <ToneBadge tone="bad">Cannot be planned</ToneBadge>}
    >
      <DrillMistakes drill={drill} />
      {parsed.ok && <DrillStoryPanel drill={parsed.drill} name={drill.name} values={values} />}
      {drill.mistakes.length === 0 && <Planning drill={drill} values={values} setValues={setValues} />}
      <DrillSource drill={drill} />
    </Page>
  )
}

/** One drill: what it asks, what it would do, and the way to start it. */
export function DrillPage() {
  const { name = '' } = useParams()
  const drill = useDrill(name)
  return (
    <Stack>
      <Group justify="space-between">
        <Anchor component={Link} to="/drills" size="sm" underline="hover">
          ← All drills
        </Anchor>
        <Text size="sm" c="dimmed">
          {name}
        </Text>
      </Group>
      <Loaded query={drill}>{(found) => <Found key={found.digest} drill={found} />}</Loaded>
    </Stack>
  )
}
