import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The name that leads somewhere else during the failure, and nowhere before. */
export const NAME = 'erp.example.test'
const ADDRESS = '192.0.2.7'

export const POLICY = `policy: 1
actions: [hosts.override]
names: [${NAME}]
addresses: [${ADDRESS}]
heldAtMostPerDay: 24h
`

export function drillOf(host: string): string {
  return `recovery-${host}`
}

/** A folder with one drill for each host: every run is of one host, so that no run ends because of another host. */
export async function writeDrills(folder: string, hosts: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const host of hosts) await writeFile(join(folder, `${drillOf(host)}.yaml`), textOf(host))
}

const textOf = (host: string) => `drill: ${drillOf(host)}
version: 1
title: A name leads elsewhere on ${host}
why: How soon is the host as it was, when something dies?
params:
  hold: { type: duration, ask: How long may it last?, default: 5m }
targets:
  host: { where: { bench: ${host} }, exactly: 1 }
watch:
  leads-elsewhere:
    probe: dns
    on: host
    with: { name: ${NAME}, expectAddress: ${ADDRESS} }
    every: 250ms
method:
  - name: elsewhere
    inject: hosts.override
    on: host
    with: { entries: [{ name: ${NAME}, address: ${ADDRESS} }] }
    hold: "\${params.hold}"
    effect: { probe: leads-elsewhere, expect: up, within: 5s }
`
