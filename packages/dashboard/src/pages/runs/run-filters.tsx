import { Outcome } from '@chaos-lite/shared'
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch, IconX } from '@tabler/icons-react'
import type { RunFilter } from '../../api/index.ts'
import { useDrills, useHost } from '../../api/index.ts'
import { ownZone } from '../../time/index.ts'
import { OUTCOME } from '../../words/index.ts'

const STATUSES = [
  { value: '', label: 'Any outcome' },
  { value: 'under way', label: 'Under way' },
  { value: 'not passed', label: 'Anything but passed' },
  ...Outcome.options.map((value) => ({ value, label: OUTCOME[value].label })),
]
/** On a phone the words have a line of their own, and the others stand two in a line. */
const WIDE = { base: '100%', xs: 220 }
const CHOICE = { base: 'calc(50% - 6px)', xs: 220 }
const DAY = { base: 'calc(50% - 6px)', xs: 160 }

const ZONE_ID = 'zone-of-days'

interface Filters {
  readonly filter: RunFilter
  readonly onChange: (changes: Partial<RunFilter>) => void
}

/** Only the runs with one host are shown; one press shows those of all. */
function OneHost({ hostId, onClear }: { hostId: string; onClear: () => void }) {
  const { data } = useHost(hostId)
  return (
    <Button variant="light" w="fit-content" rightSection={<IconX size={16} aria-hidden />} onClick={onClear}>
      Host {data?.name ?? hostId}: show all hosts
    </Button>
  )
}

/** Which runs are shown. The controller filters, so that nothing is left out because it is old. */
export function RunFilters({ filter, onChange }: Filters) {
  const { data: drills = [] } = useDrills()
  const names = [...new Set([...drills.map(({ name }) => name), ...(filter.drill ? [filter.drill] : [])])].sort()
  return (
    <Stack gap="sm" role="search" aria-label="Find runs">
      {filter.host !== '' && <OneHost hostId={filter.host} onClear={() => onChange({ host: '' })} />}
      <Group align="end" gap="sm">
        <TextInput
          label="Words"
          w={WIDE}
          placeholder="Title, drill or summary"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={filter.text}
          onChange={(event) => onChange({ text: event.currentTarget.value })}
        />
        <NativeSelect
          label="Outcome"
          w={CHOICE}
          value={filter.status}
          onChange={(event) => onChange({ status: event.currentTarget.value })}
          data={STATUSES}
        />
        <NativeSelect
          label="Drill"
          w={CHOICE}
          value={filter.drill}
          onChange={(event) => onChange({ drill: event.currentTarget.value })}
          data={[{ value: '', label: 'Any drill' }, ...names]}
        />
        <TextInput
          label="Started from"
          w={DAY}
          type="date"
          aria-describedby={ZONE_ID}
          value={filter.from}
          onChange={(event) => onChange({ from: event.currentTarget.value })}
        />
        <TextInput
          label="Started until"
          w={DAY}
          type="date"
          aria-describedby={ZONE_ID}
          value={filter.to}
          onChange={(event) => onChange({ to: event.currentTarget.value })}
        />
      </Group>
      <Text size="xs" c="dimmed" id={ZONE_ID}>
        Days are those of {ownZone()}.
      </Text>
    </Stack>
  )
}
