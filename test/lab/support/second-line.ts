import type { LabHost } from '../../../scripts/lab/index.ts'

/** A machine that is reached over an interface of its own, and a port where it takes connections. */
export const SHOP = { host: '203.0.113.9', port: 9100 }
export const SECOND = 'lan1'

const LISTENER = `import socket
server = socket.create_server(("${SHOP.host}", ${SHOP.port}))
while True:
    server.accept()[0].close()
`

/**
 * Gives a host a second interface with a machine behind it, as a machine tool has: an address, a route with a metric, one
 * in a table of its own, and IPv6, none of which any program on the host would bring back.
 */
export async function secondLine(host: LabHost): Promise<void> {
  const ip = async (...args: string[]) => void (await host.exec(['ip', ...args]))
  await ip('netns', 'add', 'shop')
  await ip('link', 'add', SECOND, 'type', 'veth', 'peer', 'name', 'shop0', 'netns', 'shop')
  await ip('address', 'add', '203.0.113.1/24', 'dev', SECOND)
  await ip('-6', 'address', 'add', '2001:db8:1::1/64', 'dev', SECOND)
  await ip('-n', 'shop', 'address', 'add', `${SHOP.host}/24`, 'dev', 'shop0')
  await ip('-n', 'shop', 'link', 'set', 'shop0', 'up')
  await ip('link', 'set', SECOND, 'up')
  await ip('route', 'add', '198.18.0.0/15', 'via', SHOP.host, 'metric', '77', 'src', '203.0.113.1')
  await ip('route', 'add', '198.20.0.0/16', 'via', SHOP.host, 'table', '100')
  await host.writeFile('/usr/local/lib/shop.py', LISTENER)
  const unit = ['systemd-run', '--quiet', '--unit=shop', '--property=NetworkNamespacePath=/run/netns/shop']
  await host.enter([...unit, 'python3', '/usr/local/lib/shop.py'])
  await host.waitUntil(['timeout', '1', 'bash', '-c', `</dev/tcp/${SHOP.host}/${SHOP.port}`])
}
