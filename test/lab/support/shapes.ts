import type { LabHost } from '../../../scripts/lab/index.ts'

const FOREVER = '[Service]\nExecStart=/bin/sleep 1000000\n'

/** Ways in which a stop reaches other units, or in which a unit is started: what is stopped, and the files of all units. */
export type Shape = {
  what: string
  service: string
  units: Record<string, string>
  /** Active before, and again afterwards. */
  active: string[]
  /** What the plan must name besides the service. */
  named?: string[]
}

const unit = (lines: string) => `[Unit]\n${lines}\n${FOREVER}`

export const shapes: readonly Shape[] = [
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
      'shape-f2.timer': '[Timer]\nOnUnitInactiveSec=1h\n',
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
  for (const [name, text] of shapes.flatMap(({ units }) => Object.entries(units))) {
    const target = /^-> (.*)$/.exec(text)?.[1]
    if (target === undefined) await host.writeFile(`${folder}/${name}`, text)
    else await host.enter(['ln', '--symbolic', target, `${folder}/${name}`])
  }
  await host.writeFile('/etc/init.d/shape-sysv', SYSV, 0o755)
  await host.exec(['systemctl', 'daemon-reload'])
  await host.exec(['systemctl', 'start', ...shapes.flatMap(({ active }) => active), 'shape-sysv'])
}

/** The names of the units that are active now, without those of the test itself. */
export async function activeUnits(host: LabHost): Promise<string[]> {
  const { stdout } = await host.enter(['systemctl', 'list-units', '--no-legend', '--plain', '--full', '--state=active'])
  const names = stdout.split('\n').map((row) => row.trim().split(/\s+/)[0] ?? '')
  return names
    .filter((name) => /\.(?:service|socket|path|timer|target|mount)$/.test(name) && !/^(?:run-|lab-)/.test(name))
    .sort()
}
