import type { Hardware } from '@chaos-lite/shared'

/** What a host may report of itself. */
export const hardware: Hardware = {
  ...{ manufacturer: 'Dell Inc.', model: 'PowerEdge R640', virtualisation: 'none' },
  processor: { model: 'AMD EPYC 7232P', sockets: 1, cores: 8, threads: 16 },
  memory: { totalBytes: 64 * 2 ** 30, swapBytes: null },
  disks: [{ name: 'sda', model: null, bytes: 1e12, kind: 'ssd', removable: false }],
  interfaces: null,
}
