import { cleaned, type Reader } from './reading.ts'

/** How a sender is named that does not say who it is. */
const MONITORING_SYSTEM = 'monitoring system'

/** Our own form, for any sender: `{"status":"firing"|"resolved","text":…}`. */
export const readOwnForm: Reader = ({ value, fields }) => {
  const { status, text } = value
  // A message with a list of alerts says more than its status.
  if (Object.hasOwn(value, 'alerts') || (status !== 'firing' && status !== 'resolved')) return null
  if (text !== undefined && typeof text !== 'string') return null
  // In a form it may have been sent twice.
  if (fields.get('status') !== status) return null
  return { state: status, sender: MONITORING_SYSTEM, text: cleaned(text) }
}
