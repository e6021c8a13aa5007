import type { HostView, IncidentView } from '@chaos-lite/shared/api'
import { describe, expect, it } from 'vitest'
import { hostId, ulid } from '../../../shared/test/run/support.ts'
import { offerWords, recentIncidents, remarksOf, troublesOf } from '../../src/pages/hosts/model.ts'

type Journal = NonNullable<HostView['inventory']>['journal']

function inventory(journal: Partial<Journal> = {}, present = true): NonNullable<HostView['inventory']> {
  return {
    hostname: 'srv',
    os: 'Debian GNU/Linux 12',
    platform: 'linux',
    kernel: '6.1',
    arch: 'x64',
    cpus: 2,
    memoryBytes: 2 ** 31,
    agentVersion: '0.1.0',
    addresses: ['192.0.2.4'],
    labels: {},
    journal: { readable: true, open: 0, stuck: 0, ...journal },
    bootId: 'boot',
    policy: { present, digest: null, warnings: [] },
  }
}

function aHost(name: string, changes: Partial<HostView> = {}): HostView {
  return {
    hostId: hostId(name.length),
    clientId: ulid(1),
    name,
    labels: { role: 'workstation' },
    proposedLabels: {},
    state: 'approved',
    online: true,
    lastSeenMs: 1,
    enrolledMs: 1,
    inventory: inventory(),
    offers: [],
    busyRunId: null,
    unconfirmedRunId: null,
    clockBoundMs: 2,
    ...changes,
  }
}

describe('what is wrong with a host', () => {
  it('is a journal that cannot be read, and what could not be rolled back', () => {
    expect(troublesOf(aHost('a', { inventory: inventory({ readable: false, stuck: 2 }) }))).toHaveLength(2)
    expect(troublesOf(aHost('a'))).toEqual([])
    expect(troublesOf(aHost('a', { inventory: null }))).toEqual([])
    const silent = aHost('a', { inventory: null, unconfirmedRunId: '01J0000000000000000000000A' })
    expect(troublesOf(silent)[0]).toContain('run 01J0000000000000000000000A ended without its word')
  })

  it('is distinguished from what is only worth knowing', () => {
    expect(remarksOf(aHost('a', { inventory: inventory({}, false) }))[0]).toContain('no policy file')
    expect(remarksOf(aHost('a'))).toEqual([])
    expect(remarksOf(aHost('a', { proposedLabels: { role: 'web' } }))[0]).toContain('proposes the labels role: web')
  })
})

describe('what may be drilled on a host', () => {
  const offer = (name: string, kind: 'action' | 'probe', offered: boolean) => ({ name, kind, offered, why: 'because' })

  it('names the actions, not the probes', () => {
    const offers = [
      offer('service.stop', 'action', true),
      offer('hosts.override', 'action', false),
      offer('tcp', 'probe', true),
    ]
    expect(offerWords(aHost('a', { offers }))).toBe('May be drilled: service.stop')
    expect(offerWords(aHost('a', { offers: offers.slice(1) }))).toContain('Only looks')
    expect(offerWords(aHost('a'))).toContain('not said yet')
  })
})

describe('incidents', () => {
  const host = aHost('erp')
  const incident = (kind: IncidentView['kind'], atMs: number, reason = `at ${atMs}`): IncidentView => ({
    ...{ clientId: ulid(1), hostId: host.hostId, hostName: 'erp', epoch: null, seq: null },
    ...{ kind, reason, atMs },
  })

  it('are one line for each kind and host, the newest reason first, counted', () => {
    const found = [incident('key reused', 10), incident('key reused', 30), incident('duplicate agent', 20)]
    expect(recentIncidents(found, 40).map(({ name, kind, reason, times }) => [name, kind, reason, times])).toEqual([
      ['erp', 'key reused', 'at 30', 2],
      ['erp', 'duplicate agent', 'at 20', 1],
    ])
  })

  it('after a restore: hosts that nobody verified share one line, beside the restore itself', () => {
    const restored = { ...incident('store restored', 10), hostId: null, hostName: null }
    const strangers = [20, 30, 40].map((atMs) => ({
      ...{ ...incident('store restored', atMs), hostId: hostId(atMs), hostName: null },
    }))
    const lines = recentIncidents([restored, ...strangers, incident('put back', 5)], 50)
    expect(lines.map(({ name, kind, reason, times }) => [name, kind, reason, times])).toEqual([
      ['Unknown host', 'store restored', 'at 40', 3],
      ['The controller', 'store restored', 'at 10', 1],
      ['erp', 'put back', 'at 5', 1],
    ])
  })

  it('of more than a week ago, or of more kinds and hosts than fit, are left out', () => {
    const week = 7 * 86_400_000
    expect(recentIncidents([incident('key reused', 0)], week + 1)).toEqual([])
    const many = Array.from({ length: 30 }, (_, n) => ({ ...incident('put back', n), hostId: hostId(n) }))
    expect(recentIncidents(many, 40)).toHaveLength(8)
  })
})
