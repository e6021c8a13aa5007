import type { Reading } from '../../alert-messages/index.ts'

/** As whom the record of a run names what came to its alert address and did not count by itself. */
export const ALERT_ADDRESS = 'alert address'

/** What the record says of a message. Messages with the same `sentence` are one kind: a storm of them is noted once. */
export interface Note {
  readonly sentence: string
  readonly details: string
}

const CONFIRM = 'It does not count by itself: a person must confirm that the expected alert arrived.'

/** Null where the record says enough by itself. */
export function noteOf(reading: Reading): Note | null {
  switch (reading.state) {
    case 'firing':
      return reading.text === null
        ? null
        : { sentence: `The alert from ${reading.sender}:`, details: ` “${reading.text}”` }
    case 'resolved':
      return {
        sentence: `${reading.sender} reported a recovery. A recovery does not count as the expected alert.`,
        details: reading.text === null ? '' : ` Its text: “${reading.text}”`,
      }
    case 'neither':
      return {
        sentence: `${reading.sender} sent something that is neither an alert nor a recovery. ${CONFIRM}`,
        details: ` What it sent: ${reading.said}.`,
      }
    case 'unknown':
      return {
        sentence: `A message in an unknown form arrived. ${CONFIRM}`,
        details: ` What is known of it: ${reading.why}.`,
      }
  }
}

/** A message that was refused because of its size. */
export const tooLarge: Note = {
  sentence: `A message larger than 1 MiB arrived and was refused. ${CONFIRM}`,
  details: '',
}
