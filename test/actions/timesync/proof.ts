import { ELSEWHERE } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'

const timesyncStop: Proved = {
  action: 'timesync.stop',
  only: 'namespace',
  people: [ELSEWHERE],
  policy: {},
  services: ['chrony'],
  settings: [{ title: 'a running time service', things: etc, params: {} }],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [timesyncStop]
