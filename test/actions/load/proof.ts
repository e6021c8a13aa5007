import { ELSEWHERE, noteIn } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'

const cpuLoad: Proved = {
  action: 'cpu.load',
  notes: ['Loads run on pretended hosts with the processors and the memory of the machine.'],
  only: 'namespace',
  people: [ELSEWHERE],
  policy: {},
  settings: [{ title: 'one processor', things: etc, params: { percent: 5, cores: 1 } }],
}

const memoryFill: Proved = {
  action: 'memory.fill',
  only: 'namespace',
  people: [ELSEWHERE],
  policy: {},
  settings: [{ title: '64 MiB', things: etc, params: { leavePercent: 20, atMostMiB: 64 } }],
}

const ioLoad: Proved = {
  action: 'io.load',
  notes: ['`io.load` has a file system of its own on pretended hosts.'],
  only: 'namespace',
  people: [noteIn('/srv/spool')],
  policy: { folders: ['/srv/spool'] },
  disk: '/srv/spool',
  settings: [{ title: 'a folder', things: etc, params: { folder: '/srv/spool', mibPerSecond: 5 } }],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [cpuLoad, memoryFill, ioLoad]
