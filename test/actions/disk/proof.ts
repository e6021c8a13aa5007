import { noteIn } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'
import { fillShapes } from '../../../scripts/prove/shapes/files.ts'

const diskFill: Proved = {
  action: 'disk.fill',
  notes: ['`disk.fill` has a file system of its own on pretended hosts.'],
  orders: [{ path: '/srv/spool', folder: true, mode: 0o1777 }],
  policy: { folders: ['/srv/spool', '/srv/bound'] },
  disk: '/srv/spool',
  people: [noteIn('/srv/spool')],
  lab: [['install', '--directory', '--mode=1777', '/srv/spool']],
  settings: [
    { title: 'a folder', things: etc, params: { folder: '/srv/spool', leavePercent: 25, atMostMiB: 16 } },
    ...fillShapes,
  ],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [diskFill]
