import { Button, Group, Modal, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useDrills } from '../../api/drills.ts'
import { useCreateSchedule } from '../../api/schedules.ts'
import { notifyDone } from '../../components/notify.tsx'
import { ParamFields } from '../../components/param-fields.tsx'
import { firstValues, type Values, valuesToSend } from '../../components/param-values.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { ownZone } from '../../components/zones.ts'
import { DatesPreview } from './dates-preview.tsx'
import { USUAL } from './usual.ts'
import { ZoneSelect } from './zone-select.tsx'

function When({
  cron,
  setCron,
  zone,
  setZone,
}: {
  cron: string
  setCron: (cron: string) => void
  zone: string
  setZone: (zone: string) => void
}) {
  return (
    <>
      <Select
        label="When"
        placeholder="Your own timetable"
        data={USUAL.map((one) => ({ value: one.cron, label: one.label }))}
        value={USUAL.some((one) => one.cron === cron) ? cron : null}
        onChange={(next) => next !== null && setCron(next)}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Timetable"
          description="minute hour day month weekday; 5#1: first Friday, 5L: last"
          required
          spellCheck={false}
          value={cron}
          onChange={(event) => setCron(event.currentTarget.value)}
        />
        <ZoneSelect value={zone} onChange={setZone} />
      </SimpleGrid>
      <DatesPreview cron={cron} timeZone={zone} />
    </>
  )
}

function Form({ onDone }: { onDone: () => void }) {
  const { data: drills = [] } = useDrills()
  const create = useCreateSchedule()
  const [drillName, setDrillName] = useState<string | null>(null)
  const [name, setName] = useState('')
  const [cron, setCron] = useState(USUAL[0]?.cron ?? '')
  const [zone, setZone] = useState(ownZone())
  const [values, setValues] = useState<Values>({})
  const drill = drills.find((one) => one.name === drillName)
  const choose = (next: string | null) => {
    const chosen = drills.find((one) => one.name === next)
    setDrillName(next)
    setValues(chosen ? firstValues(chosen) : {})
    setName(chosen?.title ?? '')
  }
  const submit = () => {
    if (!drill) return
    const body = { drill: drill.name, name, cron, timeZone: zone, params: valuesToSend(drill, values) }
    create.mutate(body, {
      onSuccess: () => {
        notifyDone('The drill is scheduled.')
        onDone()
      },
    })
  }
  const plannable = drills.filter((one) => one.mistakes.length === 0)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Stack>
        {create.isError && <ProblemAlert error={create.error} title="Nothing was scheduled" />}
        <Select
          label="Drill"
          required
          data-autofocus
          searchable
          data={plannable.map((one) => ({ value: one.name, label: one.title }))}
          value={drillName}
          onChange={choose}
        />
        <When cron={cron} setCron={setCron} zone={zone} setZone={setZone} />
        {drill !== undefined && <ParamFields params={drill.params} values={values} onChange={setValues} />}
        <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
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
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add a schedule"
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Form onDone={onClose} />
    </Modal>
  )
}
