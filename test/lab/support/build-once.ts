import { buildAgent } from '../../../scripts/build/index.ts'
import { BUILT } from './install.ts'

/** Before the suite: to find out in each file that the agent is current takes a second of a processor. */
export default async function setup(): Promise<void> {
  process.env[BUILT] = (await buildAgent()).executable
}
