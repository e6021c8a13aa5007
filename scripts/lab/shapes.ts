import { dirname } from 'node:path'
import type { LabHost } from './host.ts'

const FOREVER = '[Service]\nExecStart=/bin/sleep 1000000\n'

/** Ways in which a stop reaches other units, or in which a unit is started: what is stopped, and the files of all units. */
export type Shape = {
  what: string
  service: string
  units: Record<string, string>
  /** Active before, and again afterwards. */
  active: string[]
  /** Of these, started by another of them and not by a boot itself. */
  pulled?: string[]
  /** What the plan must name besides the service. */
  named?: string[]
  /** A file for which a path unit waits: made during a stop it starts the service at once, or when that path is back. */
  starts?: { file: string; at: 'once' | 'back' }
}

const unit = (lines: string) => `[Unit]\n${lines}\n${FOREVER}`

export const SHAPES: readonly Shape[] = [
  {
    what: 'PropagatesStopTo=',
    service: 'shape-a',
    units: { 'shape-a.service': unit('PropagatesStopTo=shape-a2.service'), 'shape-a2.service': FOREVER },
    active: ['shape-a.service', 'shape-a2.service'],
    named: ['shape-a2.service'],
  },
  {
    what: 'StopPropagatedFrom= behind a unit that does not run',
    service: 'shape-b',
    units: {
      'shape-b.service': unit('PropagatesStopTo=shape-b2.service'),
      'shape-b2.service': unit('PropagatesStopTo=shape-b3.service'),
      'shape-b3.service': FOREVER,
    },
    active: ['shape-b.service', 'shape-b3.service'],
    named: ['shape-b3.service'],
  },
  {
    what: 'Upholds=',
    service: 'shape-c',
    units: { 'shape-c.service': FOREVER, 'shape-c2.service': unit('Upholds=shape-c.service') },
    active: ['shape-c.service', 'shape-c2.service'],
    named: ['shape-c2.service'],
  },
  {
    what: 'a chain of BindsTo= and After=, and PartOf=',
    service: 'shape-d',
    units: {
      'shape-d.service': FOREVER,
      'shape-d2.service': unit('BindsTo=shape-d.service\nAfter=shape-d.service'),
      'shape-d3.service': unit('BindsTo=shape-d2.service\nAfter=shape-d2.service'),
      'shape-d4.service': unit('PartOf=shape-d.service'),
    },
    active: ['shape-d.service', 'shape-d2.service', 'shape-d3.service', 'shape-d4.service'],
    named: ['shape-d2.service', 'shape-d3.service', 'shape-d4.service'],
  },
  {
    what: 'StopWhenUnneeded=',
    service: 'shape-e',
    units: { 'shape-e.service': unit('Wants=shape-e2.service'), 'shape-e2.service': unit('StopWhenUnneeded=yes') },
    active: ['shape-e.service', 'shape-e2.service'],
    pulled: ['shape-e2.service'],
    named: ['shape-e2.service'],
  },
  {
    what: 'a socket, a path and a timer that start a dependent again',
    service: 'shape-f',
    units: {
      'shape-f.service': FOREVER,
      'shape-f2.service': unit('Requires=shape-f.service\nAfter=shape-f.service'),
      'shape-f2.socket': '[Socket]\nListenStream=/run/shape-f2.sock\n',
      'shape-f2.path': '[Path]\nPathExists=/run/shape-f2-there\n',
      'shape-f2.timer': '[Timer]\nOnCalendar=2099-01-01\n',
    },
    active: ['shape-f2.socket', 'shape-f2.path', 'shape-f2.timer', 'shape-f.service', 'shape-f2.service'],
    named: ['shape-f2.service', 'shape-f2.socket', 'shape-f2.path', 'shape-f2.timer'],
  },
  {
    what: 'an instance of a template by its alias',
    service: 'shape-g-alias@one',
    units: {
      'shape-g@.service': `${FOREVER}[Install]\nAlias=shape-g-alias@.service\nDefaultInstance=one\n`,
      'shape-g-alias@one.service': '-> shape-g@.service',
    },
    active: ['shape-g@one.service'],
  },
  {
    what: 'a oneshot that stays active, with a drop-in',
    service: 'shape-h',
    units: {
      'shape-h.service': '[Service]\nType=oneshot\nExecStart=/bin/true\n',
      'shape-h.service.d/stay.conf': '[Service]\nRemainAfterExit=yes\n',
    },
    active: ['shape-h.service'],
  },
  {
    what: 'Requires= and Requisite=',
    service: 'shape-i',
    units: {
      'shape-i.service': FOREVER,
      'shape-i2.service': unit('Requires=shape-i.service\nAfter=shape-i.service'),
      'shape-i3.service': unit('Requisite=shape-i.service\nAfter=shape-i.service'),
    },
    active: ['shape-i.service', 'shape-i2.service', 'shape-i3.service'],
    named: ['shape-i2.service', 'shape-i3.service'],
  },
  {
    what: 'a service with a socket that starts it',
    service: 'shape-j',
    units: { 'shape-j.service': FOREVER, 'shape-j.socket': '[Socket]\nListenStream=/run/shape-j.sock\n' },
    active: ['shape-j.socket', 'shape-j.service'],
  },
  {
    what: 'a oneshot that stays active, as a dependent',
    service: 'shape-k',
    units: {
      'shape-k.service': FOREVER,
      'shape-k2.service':
        '[Unit]\nRequires=shape-k.service\nAfter=shape-k.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n',
    },
    active: ['shape-k.service', 'shape-k2.service'],
    named: ['shape-k2.service'],
  },
  {
    what: 'Type=forking',
    service: 'shape-l',
    units: { 'shape-l.service': '[Service]\nType=forking\nExecStart=/bin/sh -c "sleep 1000000 &"\n' },
    active: ['shape-l.service'],
  },
  {
    what: 'Type=notify',
    service: 'shape-m',
    units: {
      'shape-m.service':
        '[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/sh -c "systemd-notify --ready; exec sleep 1000000"\n',
    },
    active: ['shape-m.service'],
  },
  {
    what: 'ExecStop= and ExecStopPost= by a drop-in',
    service: 'shape-n',
    units: {
      'shape-n.service': FOREVER,
      'shape-n.service.d/stop.conf':
        '[Service]\nExecStop=/bin/touch /run/shape-n-stops\nExecStopPost=/bin/rm -f /run/shape-n-stops\nKillSignal=SIGINT\n',
    },
    active: ['shape-n.service'],
  },
  {
    what: 'a masked neighbour that it wants',
    service: 'shape-o',
    units: { 'shape-o.service': unit('Wants=shape-o2.service'), 'shape-o2.service': '-> /dev/null' },
    active: ['shape-o.service'],
  },
  {
    what: 'a timer that starts it',
    service: 'shape-p',
    units: { 'shape-p.service': FOREVER, 'shape-p.timer': '[Timer]\nOnCalendar=2099-01-01\n' },
    active: ['shape-p.timer', 'shape-p.service'],
  },
  {
    what: 'Upholds= from the other side, as [Install] UpheldBy= leaves it',
    service: 'shape-q',
    units: {
      'shape-q.service': FOREVER,
      'shape-q2.service': FOREVER,
      // systemd 252 does not follow the folder yet, which `systemctl enable` of a later one fills; the drop-in it does.
      'shape-q2.service.upholds/shape-q.service': '-> ../shape-q.service',
      'shape-q2.service.d/upheld.conf': '[Unit]\nUpholds=shape-q.service\n',
    },
    active: ['shape-q.service', 'shape-q2.service'],
    named: ['shape-q2.service'],
  },
  {
    what: 'a path that starts it',
    service: 'shape-r',
    units: { 'shape-r.service': FOREVER, 'shape-r.path': '[Path]\nPathExists=/run/shape-r-there\n' },
    active: ['shape-r.path', 'shape-r.service'],
    starts: { file: '/run/shape-r-there', at: 'back' },
    named: ['shape-r.path'],
  },
  {
    what: 'a path that starts another unit, which wants it',
    service: 'shape-s',
    units: {
      'shape-s.service': FOREVER,
      'shape-s2.path': '[Path]\nPathExists=/run/shape-s2-there\n',
      'shape-s2.service':
        '[Unit]\nWants=shape-s.service\n[Service]\nType=oneshot\nExecStart=/bin/rm -f /run/shape-s2-there\n',
    },
    active: ['shape-s2.path', 'shape-s.service'],
    starts: { file: '/run/shape-s2-there', at: 'once' },
  },
  {
    what: 'an idle service whose socket starts it',
    service: 'shape-t',
    units: { 'shape-t.service': FOREVER, 'shape-t.socket': '[Socket]\nListenStream=/run/shape-t.sock\n' },
    active: ['shape-t.socket'],
    named: ['shape-t.socket'],
  },
]

/** A service of a script in /etc/init.d, for which systemd generates the unit. */
const SYSV = `#!/bin/sh
### BEGIN INIT INFO
# Provides: shape-sysv
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
case $1 in
  start) start-stop-daemon --start --background --make-pidfile --pidfile /run/shape-sysv.pid --exec /bin/sleep -- 1000000 ;;
  stop) start-stop-daemon --stop --oknodo --remove-pidfile --pidfile /run/shape-sysv.pid ;;
esac
`

/** Writes and starts all of them. */
export async function startShapes(host: LabHost): Promise<void> {
  const folder = '/etc/systemd/system'
  for (const [name, text] of SHAPES.flatMap(({ units }) => Object.entries(units))) {
    const target = /^-> (.*)$/.exec(text)?.[1]
    if (target === undefined) await host.writeFile(`${folder}/${name}`, text)
    else {
      await host.enter(['mkdir', '--parents', dirname(`${folder}/${name}`)])
      await host.enter(['ln', '--symbolic', target, `${folder}/${name}`])
    }
  }
  await host.writeFile('/etc/init.d/shape-sysv', SYSV, 0o755)
  for (const level of [2, 3, 4, 5]) {
    await host.enter(['mkdir', '--parents', `/etc/rc${level}.d`])
    await host.enter(['ln', '--symbolic', '../init.d/shape-sysv', `/etc/rc${level}.d/S01shape-sysv`])
  }
  // At every boot, too; what is started along with another is left to it.
  for (const name of [...SHAPES.flatMap(({ active, pulled = [] }) => active.filter((one) => !pulled.includes(one)))]) {
    const file = name.replace(/@.*\./, '@.')
    await host.enter(['mkdir', '--parents', `${folder}/multi-user.target.wants`])
    await host.enter(['ln', '--symbolic', `../${file}`, `${folder}/multi-user.target.wants/${name}`])
  }
  await host.exec(['systemctl', 'daemon-reload'])
  await host.exec(['systemctl', 'start', ...SHAPES.flatMap(({ active }) => active), 'shape-sysv'])
}
