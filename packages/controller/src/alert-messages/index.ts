export type { AlertMessage } from './content.ts'
export { readAlert } from './read-alert.ts'
export type { Reading } from './reading.ts'
