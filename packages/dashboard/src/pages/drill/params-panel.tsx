import type { DrillView } from '@chaos-lite/shared/api'
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconClipboardList } from '@tabler/icons-react'
import { useState } from 'react'
import type { usePlan } from '../../api/index.ts'
import { useMay } from '../../api/index.ts'
import type { Values } from '../../components/index.ts'
import {
  FormMistakes,
  goToMistake,
  mistakesText,
  Panel,
  ParamFields,
  ProblemAlert,
  useParamMistakes,
} from '../../components/index.ts'

interface ParamsPanelProps {
  readonly drill: DrillView
  readonly values: Values
  readonly onChange: (values: Values) => void
  readonly onPlan: () => void
  readonly planning: ReturnType<typeof usePlan>
}

/** What the drill asks before it can be planned. */
export function ParamsPanel({ drill, values, onChange, onPlan, planning }: ParamsPanelProps) {
  const may = useMay('operator')
  const [asked, setAsked] = useState(false)
  const mistakes = useParamMistakes(drill, values)
  const text = mistakesText(mistakes)
  return (
    <Panel title="Before it starts" hint="Nothing is changed by making a plan: the hosts only say what they would do.">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setAsked(true)
          if (text === null) onPlan()
          else goToMistake(event.currentTarget, mistakes.fields)
        }}
      >
        <Stack>
          {drill.params.length === 0 ? (
            <Text c="dimmed">This drill asks nothing.</Text>
          ) : (
            <ParamFields params={drill.params} values={values} mistakes={mistakes} asked={asked} onChange={onChange} />
          )}
          <FormMistakes text={asked ? text : null} what="No plan was requested" />
          {planning.isError && <ProblemAlert error={planning.error} title="The plan was refused" />}
          <Group>
            <Button
              type="submit"
              loading={planning.isPending}
              disabled={!may}
              leftSection={<IconClipboardList size={18} aria-hidden />}
            >
              Show the plan
            </Button>
            <Text size="sm" c="dimmed">
              {may ? 'It can be started from the plan only.' : 'Your role may look, but not plan.'}
            </Text>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
