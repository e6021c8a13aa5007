import type { Lab } from '../../../scripts/lab/index.ts'
import { nameHosts } from './names.ts'
import { serveSite } from './nginx.ts'

/** An address that is in no private network, so that it lies outside for everybody. */
export const OUTSIDE = '198.51.100.7'
/** The page that the office needs; every workstation asks it of its own balancer. */
export const PORTAL = 'portal.example.test'

/**
 * A company with two lines: `gateway` and `standby` each lead to `outside`, and the balancer of each workstation goes over
 * to the standby line after one question that the main line did not answer within a second.
 */
export async function twoLines(lab: Lab, workstations: readonly string[]): Promise<void> {
  const outside = lab.host('outside')
  await outside.exec(['ip', 'address', 'add', `${OUTSIDE}/32`, 'dev', 'host0'])
  await serveSite(outside)
  await Promise.all(
    ['gateway', 'standby'].map(async (name) => {
      const host = lab.host(name)
      await host.exec(['ip', 'route', 'add', `${OUTSIDE}/32`, 'via', outside.address])
      await proxy(lab, name, `location / { proxy_pass http://${OUTSIDE}; }`)
    }),
  )
  const [main, other] = ['gateway', 'standby'].map((name) => lab.host(name).address)
  const lines = `upstream lines { server ${main} max_fails=1 fail_timeout=5s; server ${other} backup; }`
  // The question that finds the line dead is not asked again: the failure shows for a moment, as it does to people.
  const wait = 'proxy_connect_timeout 1s; proxy_read_timeout 1s; proxy_next_upstream off;'
  for (const name of workstations) {
    await nameHosts(lab.host(name), { [PORTAL]: '127.0.0.1' })
    await proxy(lab, name, `location / { ${wait} proxy_pass http://lines; }`, lines)
  }
}

/** The balancer forgets which line it found dead. */
export async function forgetLines(lab: Lab, workstation: string): Promise<void> {
  await lab.host(workstation).exec(['systemctl', 'reload', 'nginx'])
}

async function proxy(lab: Lab, name: string, location: string, before = ''): Promise<void> {
  const host = lab.host(name)
  await host.enter(['rm', '--force', '/etc/nginx/sites-enabled/default'])
  await host.writeFile('/etc/nginx/conf.d/lab.conf', `${before}\nserver { listen 80 default_server; ${location} }\n`)
  await host.enable('nginx')
  await host.waitUntil(['curl', '--silent', '--fail', 'http://127.0.0.1/health'])
}
