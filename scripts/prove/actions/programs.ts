import { SHAPES } from '../../lab/shapes.ts'
import type { Proved } from '../proved.ts'
import { etc } from '../scene.ts'

export const serviceStop: Proved = {
  action: 'service.stop',
  people: [
    {
      title: 'stops another service',
      only: 'lab',
      does: 'systemctl stop shape-person.service',
      still: '! systemctl --quiet is-active shape-person.service',
      differs: [/^units shape-person\.service: (active|sub) /],
    },
  ],
  policy: { services: ['nginx.service', 'shape-*'] },
  lab: [['systemctl', 'enable', '--quiet', '--now', 'nginx.service']],
  services: ['nginx'],
  settings: [
    { title: 'a running service', things: etc, params: { service: 'nginx' } },
    ...SHAPES.map(({ what, service }) => ({ title: what, things: etc, params: { service }, only: 'lab' as const })),
  ],
}

export const ioLoad: Proved = {
  action: 'io.load',
  only: 'namespace',
  policy: { folders: ['/srv/spool'] },
  disk: '/srv/spool',
  settings: [{ title: 'a folder', things: etc, params: { folder: '/srv/spool', mibPerSecond: 5 } }],
}

export const cpuLoad: Proved = {
  action: 'cpu.load',
  only: 'namespace',
  policy: {},
  settings: [{ title: 'one processor', things: etc, params: { percent: 5, cores: 1 } }],
}

export const memoryFill: Proved = {
  action: 'memory.fill',
  only: 'namespace',
  policy: {},
  settings: [{ title: '64 MiB', things: etc, params: { leavePercent: 20, atMostMiB: 64 } }],
}

export const processStop: Proved = {
  action: 'process.stop',
  only: 'namespace',
  policy: { processes: ['erp-worker'] },
  programs: ['erp-worker'],
  settings: [{ title: 'two processes of one name', things: etc, params: { name: 'erp-worker' } }],
}

export const timesyncStop: Proved = {
  action: 'timesync.stop',
  only: 'namespace',
  policy: {},
  services: ['chrony'],
  settings: [{ title: 'a running time service', things: etc, params: {} }],
}

/** Every action that is proved, in the order of the menu. */
