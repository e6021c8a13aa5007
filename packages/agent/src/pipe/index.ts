export { Down, FRAME_STAMP_BYTES, LONGEST_MESSAGE_BYTES, type Target, Up } from './messages.ts'
export { Pipe, type PipeListener, wayWithin } from './pipe.ts'
