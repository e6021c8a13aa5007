import { SHAPES, type Shape } from '../../lab/shapes.ts'
import { ELSEWHERE, noteIn, type Person } from '../people.ts'
import type { Proved } from '../proved.ts'
import { etc } from '../scene.ts'

/** Makes the file that a path unit waits for; if that starts the service during the failure, it must run afterwards too. */
function startsAgain(service: string, { file, at }: NonNullable<Shape['starts']>): Person {
  const awaited = `for try in $(seq 100); do ! systemctl --quiet is-active ${service} || exit 0; sleep 0.1; done; exit 1`
  return {
    title: `makes the file that the path unit of ${service} waits for${at === 'once' ? ', which starts it' : ''}`,
    only: 'lab',
    does: `touch ${file}${at === 'once' ? `; ${awaited}` : ''}`,
    still: `systemctl --quiet is-active ${service}`,
    differs: [],
  }
}

export const serviceStop: Proved = {
  action: 'service.stop',
  people: [
    {
      title: 'stops another service',
      untilRestart: true,
      only: 'lab',
      does: 'systemctl stop shape-person.service',
      still: '! systemctl --quiet is-active shape-person.service',
      differs: [/^units shape-person\.service: (active|sub) /],
    },
    ELSEWHERE,
  ],
  policy: { services: ['nginx.service', 'shape-*'] },
  lab: [['systemctl', 'enable', '--quiet', '--now', 'nginx.service']],
  services: ['nginx'],
  settings: [
    { title: 'a running service', things: etc, params: { service: 'nginx' } },
    ...SHAPES.map(({ what, service, starts }) => ({
      ...{ title: what, things: etc, params: { service }, only: 'lab' as const },
      ...(starts === undefined ? {} : { people: [startsAgain(service, starts)] }),
    })),
  ],
}

export const ioLoad: Proved = {
  action: 'io.load',
  only: 'namespace',
  people: [noteIn('/srv/spool')],
  policy: { folders: ['/srv/spool'] },
  disk: '/srv/spool',
  settings: [{ title: 'a folder', things: etc, params: { folder: '/srv/spool', mibPerSecond: 5 } }],
}

export const cpuLoad: Proved = {
  action: 'cpu.load',
  only: 'namespace',
  people: [ELSEWHERE],
  policy: {},
  settings: [{ title: 'one processor', things: etc, params: { percent: 5, cores: 1 } }],
}

export const memoryFill: Proved = {
  action: 'memory.fill',
  only: 'namespace',
  people: [ELSEWHERE],
  policy: {},
  settings: [{ title: '64 MiB', things: etc, params: { leavePercent: 20, atMostMiB: 64 } }],
}

/** How many run; those that ended and that nobody has waited for do not. */
const WORKERS = 'ps -C erp-worker -o stat= | grep --count --invert-match Z'
const AWAIT_WORKERS = (count: number) =>
  `for try in $(seq 200); do [ "$(${WORKERS})" != ${count} ] || exit 0; sleep 0.02; done; exit 1`

export const processStop: Proved = {
  action: 'process.stop',
  only: 'namespace',
  people: [
    {
      title: 'starts a third process of the name',
      untilRestart: true,
      does: `setsid /run/erp-worker infinity < /dev/null > /dev/null 2>&1 & ${AWAIT_WORKERS(3)}`,
      still: `[ "$(${WORKERS})" = 3 ]`,
      differs: [/^processes erp-worker 2: appeared \(is at work\)/],
    },
    {
      title: 'ends one of the suspended processes',
      untilRestart: true,
      does: `kill -KILL "$(pgrep -x erp-worker | tail -n 1)"; ${AWAIT_WORKERS(1)}`,
      still: `[ "$(${WORKERS})" = 1 ]`,
      differs: [/^processes erp-worker 1: is gone/],
      sameThing: true,
    },
  ],
  policy: { processes: ['erp-worker'] },
  programs: ['erp-worker'],
  settings: [{ title: 'two processes of one name', things: etc, params: { name: 'erp-worker' } }],
}

export const timesyncStop: Proved = {
  action: 'timesync.stop',
  only: 'namespace',
  people: [ELSEWHERE],
  policy: {},
  services: ['chrony'],
  settings: [{ title: 'a running time service', things: etc, params: {} }],
}

/** Every action that is proved, in the order of the menu. */
