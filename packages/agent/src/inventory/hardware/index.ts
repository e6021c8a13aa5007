export { hardwareReader } from './in-child.ts'
export { readHardware } from './read.ts'
export { hardwareTask } from './task.ts'
