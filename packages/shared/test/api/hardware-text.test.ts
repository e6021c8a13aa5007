import { expect, test } from 'vitest'
import { hardwareFacts } from '../../src/api/index.ts'
import type { Hardware } from '../../src/protocol/index.ts'

const machine: Hardware = {
  ...{ manufacturer: 'Dell Inc.', model: 'PowerEdge R640', virtualisation: 'none' },
  processor: { model: 'AMD EPYC 7232P', sockets: 1, cores: 8, threads: 16 },
  memory: { totalBytes: 64 * 2 ** 30, swapBytes: 0 },
  disks: [
    { name: 'nvme0n1', model: 'Samsung 980', bytes: 500_107_862_016, kind: 'ssd', removable: false },
    { name: 'sda', model: null, bytes: 4_000_787_030_016, kind: 'hdd', removable: null },
    { name: 'sdb', model: null, bytes: null, kind: null, removable: true },
  ],
  interfaces: [
    { name: 'eno1', state: 'up', megabitsPerSecond: 1000, physical: true },
    { name: 'tun0', state: null, megabitsPerSecond: null, physical: false },
  ],
}
const values = (hardware: Hardware | null) =>
  Object.fromEntries(hardwareFacts(hardware).map((fact) => [fact.name, fact.values]))

test('every part of a host is described with its units', () => {
  expect(values(machine)).toEqual({
    Manufacturer: ['Dell Inc.'],
    Model: ['PowerEdge R640'],
    Virtualisation: ['none (physical machine)'],
    Processor: ['AMD EPYC 7232P, 1 socket, 8 cores, 16 threads'],
    Memory: ['64.0 GiB'],
    Swap: ['none'],
    Disks: ['nvme0n1: Samsung 980, 500.1 GB, SSD', 'sda: 4.0 TB, HDD', 'sdb: size not known, removable'],
    'Network interfaces': ['eno1: up, 1000 Mbit/s', 'tun0: state not known, virtual'],
  })
})

test('what could not be found out is unknown, and what is not there is none', () => {
  const nothing: Hardware = {
    ...{ manufacturer: null, model: null, virtualisation: null, disks: [], interfaces: null },
    processor: { model: null, sockets: null, cores: null, threads: null },
    memory: { totalBytes: null, swapBytes: null },
  }
  expect(values(nothing)).toMatchObject({ Manufacturer: null, Processor: null, Memory: null, Swap: null, Disks: [] })
  expect(values(nothing)['Network interfaces']).toBeNull()
})

test('everything is unknown of a host that has not reported', () => {
  expect(hardwareFacts(null).map(({ values: one }) => one)).toEqual(Array(8).fill(null))
})
