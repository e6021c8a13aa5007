import { type ComboboxItem, Select } from '@mantine/core'
import { useMemo } from 'react'
import { zones } from '../../time/index.ts'

const plain = (text: string) => text.toLowerCase().replaceAll('_', ' ')

/** Does the zone have every word that was typed? `new york` finds America/New_York. */
export function zoneMatches(zone: string, typed: string): boolean {
  return plain(typed)
    .split(/\s+/)
    .every((word) => plain(zone).includes(word))
}

interface ZoneSelectProps {
  readonly value: string
  readonly onChange: (zone: string) => void
}

/** Every time zone there is, to be searched. What is typed is a search; only a zone from the list is ever chosen. */
export function ZoneSelect({ value, onChange }: ZoneSelectProps) {
  const all = useMemo(zones, [])
  return (
    <Select
      label="Time zone"
      description="Kept with the schedule, through summer and winter"
      required
      searchable
      allowDeselect={false}
      nothingFoundMessage="No such time zone"
      data={all}
      filter={({ options, search }) => (options as ComboboxItem[]).filter((one) => zoneMatches(one.value, search))}
      value={value}
      onChange={(zone) => zone !== null && onChange(zone)}
      onFocus={(event) => event.currentTarget.select()}
    />
  )
}
