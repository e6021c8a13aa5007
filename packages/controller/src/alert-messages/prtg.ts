import { cleaned, type Reader } from './reading.ts'

const SENDER = 'PRTG'

/**
 * PRTG has no message of its own either: the field "Payload" of an HTTP action is written by its administrator, with
 * placeholders. Known by `sensorid` or `sensor` beside `status`.
 */
export const readPrtg: Reader = ({ fields }) => {
  const status = fields.get('status')
  if (status === undefined || !['sensorid', 'sensor', 'linksensor'].some((name) => fields.has(name))) return null
  const text = cleaned([fields.get('sensor') ?? fields.get('name'), fields.get('message')].filter(Boolean).join(': '))
  const state = stateOf(status.toLowerCase())
  if (state !== null) return { state, sender: SENDER, text }
  return { state: 'neither', sender: SENDER, said: `the status “${cleaned(status, 40) ?? ''}”` }
}

const AFTER_ENDED = new Map<string | undefined, 'firing' | 'resolved'>([
  ['up', 'resolved'],
  ['down', 'firing'],
])
const STATE = /^(down|warning|unusual|up)(?: \(partial\))?(?: \(before: ([a-z]{1,20})\))?(?: escalation| repeat)?$/

/** Of the texts that stand for `%status`: `Down`, `Down (before: Warning)`, `Down ended (now: Up)`, `Down (Acknowledged)`. */
function stateOf(status: string): 'firing' | 'resolved' | null {
  const ended = /^[a-z]{1,20} ended \(now: ([a-z]{1,20})\)$/.exec(status)
  if (ended !== null) return AFTER_ENDED.get(ended[1]) ?? null
  const [, state, before] = STATE.exec(status) ?? []
  if (state === undefined) return null
  if (state === 'up') return 'resolved'
  // From worse to better: not yet over, and no news of a failure.
  return state !== 'down' && before === 'down' ? null : 'firing'
}
