import type { Labels } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { chooseHosts } from '../../../src/services/plan/choose-hosts.ts'
import type { HostRow } from '../../../src/store/store.ts'

const host = (digit: number, labels: Labels, proposedLabels: Labels = {}): HostRow => ({
  ...{ hostId: `h-${String(digit).repeat(24)}`, clientId: '0'.repeat(26), name: `host-${digit}`, publicKey: '' },
  ...{ labels, proposedLabels, state: 'approved', lastSeenMs: null, enrolledMs: 0 },
})

test('a host with several roles serves the groups of several drills, and of one', () => {
  const hosts = [host(1, { role: ['erp-primary', 'workstation'] }), host(2, { role: 'erp-standby' })]
  const targets = {
    primary: { where: { role: 'erp-primary' }, exactly: 1 },
    workstations: { where: { role: 'workstation' } },
    standby: { where: { role: 'erp-standby' }, exactly: 1 },
  }
  const chosen = chooseHosts(targets, hosts, null)
  expect(chosen.refusals).toEqual([])
  expect(chosen.groups).toEqual({
    primary: [hosts[0]?.hostId],
    workstations: [hosts[0]?.hostId],
    standby: [hosts[1]?.hostId],
  })
})

test('a host that only proposes one of several values is named', () => {
  const chosen = chooseHosts({ mail: { where: { role: 'mail' } } }, [host(1, {}, { role: ['web', 'mail'] })], null)
  expect(chosen.refusals[0]?.message).toContain('host-1 only proposes these labels')
})
