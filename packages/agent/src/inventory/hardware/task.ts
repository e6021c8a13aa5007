import type { Task } from '../../child/index.ts'
import { readHardware } from './read.ts'
import { giveUpRights } from './rights.ts'

/** Reads what this machine is made of, without the rights of root. For a child process: the rights do not come back. */
export const hardwareTask: Task = async () => {
  await giveUpRights()
  return await readHardware()
}
