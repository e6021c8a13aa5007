import { type Content, cleaned, type Reader } from './reading.ts'

const SENDER = 'Zabbix'
/** Triggers and services. Of discovery and registration, the same numbers mean something else. */
const SOURCES: readonly (string | undefined)[] = [undefined, '0', '4']
const PROBLEM: readonly string[] = ['1', 'PROBLEM']
const OVER: readonly string[] = ['0', 'OK', 'RESOLVED']

/**
 * Zabbix has no message of its own: a media type sends its parameters. Those that Zabbix ships are named like their macros,
 * `{EVENT.VALUE}` (1 problem, 0 recovery) and `{EVENT.UPDATE.STATUS}` (1 for an acknowledgement or a comment).
 */
export const readZabbix: Reader = ({ fields }) => {
  const said = ['eventvalue', 'eventstatus', 'triggerstatus'].flatMap((name) => fields.get(name) ?? [])
  if (said.length === 0) return null
  const text = textOf(fields)
  if (!SOURCES.includes(fields.get('eventsource')))
    return { state: 'neither', sender: SENDER, said: 'an event that is no problem of a trigger or a service' }
  if (said.every((one) => OVER.includes(one))) return { state: 'resolved', sender: SENDER, text }
  if (said.every((one) => PROBLEM.includes(one))) {
    const update = fields.get('eventupdatestatus') ?? '0'
    if (update === '0') return { state: 'firing', sender: SENDER, text }
    return { state: 'neither', sender: SENDER, said: 'an update of a problem' }
  }
  return {
    state: 'neither',
    sender: SENDER,
    said: `an event with the value “${cleaned(said.join(' and '), 40) ?? ''}”`,
  }
}

function textOf(fields: Content['fields']): string | null {
  return cleaned(['alertsubject', 'subject', 'eventname'].map((name) => fields.get(name)).find(Boolean))
}
