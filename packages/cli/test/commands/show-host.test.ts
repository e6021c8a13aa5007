import type { HardwareView, HostView } from '@chaos-lite/shared/api'
import { expect, test } from 'vitest'
import type { Api } from '../../src/client/api.ts'
import type { CommandContext } from '../../src/commands/context.ts'
import { showHost } from '../../src/commands/show-host.ts'

const hostId = `h-${'1'.repeat(24)}`
const host: HostView = {
  ...{ hostId, clientId: '01J0000000000000000000000A', name: 'erp', labels: { role: 'erp' }, proposedLabels: {} },
  ...{ state: 'approved', online: true, lastSeenMs: 1_000, enrolledMs: 1, inventory: null, offers: [] },
  ...{ busyRunId: null, unconfirmedRunId: null, clockBoundMs: null },
}

async function shown(view: HardwareView, json = false) {
  const out: string[] = []
  const api = {
    get: async (path: string) => (path.endsWith('/hardware') ? view : host),
  } as unknown as Api
  const terminal = { out: (text: string) => void out.push(text) } as CommandContext['terminal']
  const { signal } = new AbortController()
  await showHost({ terminal, json, signal, api: async () => api }, hostId)
  return out.join('\n')
}

const reported: HardwareView = {
  reportedMs: 1_000,
  hardware: {
    ...{ manufacturer: 'Dell Inc.', model: null, virtualisation: 'kvm' },
    processor: { model: 'EPYC', sockets: 2, cores: 16, threads: 32 },
    memory: { totalBytes: 2 ** 33, swapBytes: 0 },
    disks: [
      { name: 'sda', model: null, bytes: 1e9, kind: 'hdd', removable: false },
      { name: 'sdb', model: 'USB', bytes: null, kind: null, removable: true },
    ],
    interfaces: [],
  },
}

test('a host is shown with its state and its hardware, a device a line', async () => {
  const text = await shown(reported)
  expect(text).toMatch(/^Name +erp\nId +h-1{24}\nState +approved\nLink +online$/m)
  expect(text).toMatch(/^Hardware as of +19(70|69)-.* \S+$/m)
  expect(text).toMatch(/^Processor +EPYC, 2 sockets, 16 cores, 32 threads$/m)
  expect(text).toMatch(/^Disks +sda: 1\.0 GB, HDD\n +sdb: USB, size not known, removable$/m)
  expect(text).toMatch(/^Network interfaces +none$/m)
  expect(text).toMatch(/^Model +not known$/m)
})

test('a host whose agent reported nothing is shown, with nothing known', async () => {
  const text = await shown({ hardware: null, reportedMs: null })
  expect(text).not.toContain('Hardware as of')
  for (const name of ['System', 'Memory', 'Disks', 'Virtualisation'])
    expect(text).toMatch(new RegExp(`^${name} +not known$`, 'm'))
})

test('programs get the host and its hardware in one object', async () => {
  expect(JSON.parse(await shown(reported, true))).toEqual({ ...host, ...reported })
})
