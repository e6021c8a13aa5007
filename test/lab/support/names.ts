import type { LabHost } from '../../../scripts/lab/index.ts'

/** Adds names to a host's hosts file: { name: address }. The lab has no name server. */
export async function nameHosts(host: LabHost, entries: Record<string, string>): Promise<void> {
  const lines = Object.entries(entries).map(([name, address]) => `${address}\t${name}\n`)
  await host.writeFile('/etc/hosts', (await host.readFile('/etc/hosts')) + lines.join(''))
}
