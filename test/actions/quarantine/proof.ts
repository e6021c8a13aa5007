import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'
import { quarantineShapes } from '../../../scripts/prove/shapes/files.ts'

const dataQuarantine: Proved = {
  action: 'data.quarantine',
  notes: [
    '*Stuck* after all files were restored from a backup: the folder that `data.quarantine` had moved aside is no longer the very same. The agent moves nothing, blocks further failures, and says what to look at and what to type.',
  ],
  orders: [],
  people: [
    {
      title: 'makes a folder of the same name, with a file',
      does: 'mkdir /srv/data; echo theirs > /srv/data/note-of-a-person.txt',
      still: "find /srv -name note-of-a-person.txt -exec grep --quiet theirs '{}' + -printf found | grep --quiet found",
      differs: [/^files \/srv\/data\.[^/]*kept[^:]*: appeared/, /^files \/srv: mtime/],
      sameThing: true,
    },
  ],
  policy: { folders: ['/srv/data'] },
  lab: [
    ['install', '--directory', '--mode=2770', '--group=planners', '/srv/data'],
    ['install', '--mode=0640', '--owner=anna', '/etc/services', '/srv/data/order.txt'],
    ['setfacl', '--modify', 'user:anna:rx', '/srv/data'],
  ],
  settings: [
    {
      title: 'a folder with files, links, access lists and attributes',
      things: [
        ...etc,
        { path: '/srv/data', folder: true, mode: 0o2770, group: 1002, acl: 'user:1001:rx' },
        { path: '/srv/data/order.txt', text: 'one\n', owner: 1001, attributes: { 'user.kind': 'order' } },
        { path: '/srv/data/archive', folder: true, mode: 0o700 },
        { path: '/srv/data/archive/old.txt', text: 'zero\n', mode: 0o600 },
        { path: '/srv/data/latest', link: 'order.txt' },
      ],
      params: { folder: '/srv/data' },
    },
    {
      title: 'an empty folder',
      things: [...etc, { path: '/srv/data', folder: true, mode: 0o755 }],
      params: { folder: '/srv/data' },
    },
    ...quarantineShapes,
  ],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [dataQuarantine]
