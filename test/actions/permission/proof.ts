import { noteIn } from '../../../scripts/prove/people.ts'
import type { Proved, Setting } from '../../../scripts/prove/proved.ts'
import { etc, type Thing } from '../../../scripts/prove/scene.ts'
import { permissionShapes } from '../../../scripts/prove/shapes/files.ts'

const plans = (more: Partial<Thing>): Setting['things'] => [
  ...etc,
  { path: '/srv/plans', folder: true, mode: 0o750, group: 1002 },
  { path: '/srv/plans/wing.txt', text: 'two\n', mode: 0o640 },
  ...(more.path === undefined ? [] : [more as Thing]),
]

const permissionRevoke: Proved = {
  action: 'permission.revoke',
  orders: [],
  people: [noteIn('/srv/plans', '/srv/origin')],
  policy: { files: ['/srv/plans/wing.txt'], folders: ['/srv/plans'], accounts: ['anna'], groups: ['planners'] },
  lab: [
    ['install', '--directory', '--mode=0750', '/srv/plans'],
    ['cp', '/etc/services', '/srv/plans/wing.txt'],
    ['setfacl', '--modify', 'user:anna:rwx,default:user:anna:rx', '/srv/plans'],
  ],
  settings: [
    {
      title: 'an account with an entry of its own in the access list of a folder',
      things: plans({}).map((each) =>
        each.path === '/srv/plans' ? { ...each, acl: 'user:1001:rwx,default:user:1001:rx' } : each,
      ),
      params: { path: '/srv/plans', account: 'anna' },
    },
    {
      title: 'a group, on a folder without an access list',
      things: plans({}),
      params: { path: '/srv/plans', group: 'planners' },
    },
    {
      title: 'everybody, on a file with a set-group bit',
      things: plans({ path: '/srv/plans/wing.txt', text: 'two\n', mode: 0o2755, owner: 1001 }).map((each) =>
        each.path === '/srv/plans' ? { ...each, mode: 0o755 } : each,
      ),
      params: { path: '/srv/plans/wing.txt', everyone: true },
    },
    ...permissionShapes,
  ],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [permissionRevoke]
