import { type DrillView, ScheduleRequest } from '@chaos-lite/shared/api'
import { Button, Group, Modal, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCreateSchedule, useDrills } from '../../api/index.ts'
import {
  FormMistakes,
  fieldMistakes,
  firstValues,
  goToMistake,
  mistakesText,
  notifyDone,
  ParamFields,
  ProblemAlert,
  useFieldMistakes,
  useParamMistakes,
  type Values,
  valuesToSend,
} from '../../components/index.ts'
import { ownZone } from '../../time/index.ts'
import { NextDates, useDates } from './dates-preview.tsx'
import { USUAL } from './usual.ts'
import { ZoneSelect } from './zone-select.tsx'

const Named = ScheduleRequest.pick({ name: true })

interface Timetable {
  readonly cron: string
  readonly zone: string
}

function When({ when: { cron, zone }, onChange }: { when: Timetable; onChange: (when: Timetable) => void }) {
  const dates = useDates(cron, zone)
  return (
    <>
      <Select
        label="When"
        description={`Times of day in ${zone}`}
        placeholder="Your own timetable"
        data={USUAL.map((one) => ({ value: one.cron, label: one.label }))}
        value={USUAL.some((one) => one.cron === cron) ? cron : null}
        onChange={(next) => next !== null && onChange({ cron: next, zone })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Timetable"
          description="minute hour day month weekday; 5#1: first Friday, 5L: last"
          required
          spellCheck={false}
          value={cron}
          error={dates.refusal}
          onChange={(event) => onChange({ cron: event.currentTarget.value, zone })}
        />
        <ZoneSelect value={zone} onChange={(next) => onChange({ cron, zone: next })} />
      </SimpleGrid>
      {dates.refusal === null && <NextDates {...dates} />}
    </>
  )
}

/** The title, with the name of the drill behind it where another drill has the same title. */
function titleAmong(drills: readonly DrillView[], { name, title }: DrillView): string {
  return drills.some((other) => other.title === title && other.name !== name) ? `${title} (${name})` : title
}

/** The form's values, and what is wrong with those of the drill. */
function useScheduleForm() {
  const { data: drills = [] } = useDrills()
  const [drillName, setDrillName] = useState<string | null>(null)
  const [name, setName] = useState('')
  const [when, setWhen] = useState<Timetable>({ cron: USUAL[0]?.cron ?? '', zone: ownZone() })
  const [values, setValues] = useState<Values>({})
  const drill = drills.find((one) => one.name === drillName)
  const mistakes = useParamMistakes(drill, values)
  const choose = (next: string | null) => {
    const chosen = drills.find((one) => one.name === next)
    setDrillName(next)
    setValues(chosen ? firstValues(chosen) : {})
    setName(chosen?.title ?? '')
  }
  const plannable = drills.filter((one) => one.mistakes.length === 0)
  return { plannable, drill, choose, name, setName, when, setWhen, values, setValues, mistakes }
}

function Form({ onDone }: { onDone: () => void }) {
  const create = useCreateSchedule()
  const [asked, setAsked] = useState(false)
  const { plannable, drill, choose, name, setName, when, setWhen, values, setValues, mistakes } = useScheduleForm()
  const text = mistakesText(mistakes)
  const { field, check } = useFieldMistakes(fieldMistakes(Named, { name }))
  const submit = () => {
    if (!drill) return
    const { cron, zone: timeZone } = when
    const done = () => {
      notifyDone('The drill is scheduled.')
      onDone()
    }
    create.mutate({ drill: drill.name, name, cron, timeZone, params: valuesToSend(drill, values) }, { onSuccess: done })
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (text !== null) goToMistake(event.currentTarget, mistakes.fields)
        else if (check(event.currentTarget)) submit()
      }}
    >
      <Stack>
        {create.isError && <ProblemAlert error={create.error} title="Nothing was scheduled" />}
        <Select
          label="Drill"
          required
          data-autofocus
          searchable
          data={plannable.map((one) => ({ value: one.name, label: titleAmong(plannable, one) }))}
          value={drill?.name ?? null}
          onChange={choose}
        />
        <When when={when} onChange={setWhen} />
        {drill !== undefined && (
          <ParamFields
            key={drill.name}
            params={drill.params}
            values={values}
            mistakes={mistakes}
            asked={asked}
            onChange={setValues}
          />
        )}
        <TextInput
          {...field('name')}
          label="Name"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FormMistakes text={asked ? text : null} what="Nothing was scheduled" />
        <Group justify="flex-end">
          <Button type="submit" disabled={drill === undefined} loading={create.isPending}>
            Schedule
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** A drill on a timetable; its next dates are shown before it is kept. */
export function AddSchedule({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a schedule" size="xl">
      <Form onDone={onClose} />
    </Modal>
  )
}
