import type { LabHost } from '../../../scripts/lab/index.ts'

const CONFIG = '/etc/chrony/chrony.conf'

/** Hosts may not set the clock: chronyd measures only (-x), and its unit must not insist on the capability. */
const DROP_IN = '[Unit]\nConditionCapability=\n'

/** Makes the host a time server that trusts its own clock. */
export async function serveTime(host: LabHost): Promise<void> {
  await start(host, ['local stratum 8', 'allow 10.77.0.0/16'])
}

/** Makes the host follow the time server at `address`, and waits until it is synchronised. */
export async function followTime(host: LabHost, address: string): Promise<void> {
  await start(host, [`server ${address} iburst minpoll 0 maxpoll 2`])
  await host.waitUntil(['chronyc', 'waitsync', '1', '0.5'], { timeoutMs: 60_000 })
}

async function start(host: LabHost, lines: readonly string[]): Promise<void> {
  const common = ['driftfile /var/lib/chrony/chrony.drift', 'cmdport 323', '']
  await host.writeFile(CONFIG, [...lines, ...common].join('\n'))
  await host.writeFile('/etc/default/chrony', 'DAEMON_OPTS="-F 1 -x"\n')
  await host.writeFile('/etc/systemd/system/chrony.service.d/lab.conf', DROP_IN)
  await host.exec(['systemctl', 'daemon-reload'])
  await host.enable('chrony')
}
