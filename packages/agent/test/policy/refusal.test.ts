import { expect, test } from 'vitest'
import type { UnitState } from '../../src/host/host.ts'
import { policyRefusal, probeRefusal } from '../../src/policy/refusal.ts'
import { unknownNames } from '../../src/policy/unknown-names.ts'
import { namedLists } from '../../src/policy-file/index.ts'
import { localHost, temporaryFolder } from '../fixtures/local-host.ts'
import { action, policyOf } from '../policy-file/support.ts'

const services = ['nginx.service', 'ssh.service']
const unit = (name: string) =>
  ({ name, loadState: services.includes(name) ? 'loaded' : 'not-found' }) as unknown as UnitState
const host = localHost({
  parts: {
    services: { ...localHost().services, state: async (name) => unit(name.includes('.') ? name : `${name}.service`) },
    names: async (kind) =>
      kind === 'service' ? services : kind === 'account' ? ['root', 'anna'] : ['sudo', 'finance'],
  },
})
const stop = (value: string) => action('service.stop', [{ kind: 'service', value }])

test('a refusal offers the command that would allow it, for what exists on this host', async () => {
  const ruling = (await policyOf('policy: 1\n')).allows(stop('nginx'))
  const error = await policyRefusal(host, ruling, true)
  expect(error).toMatchObject({
    code: 'policy-refused',
    rule: 'chaos-lite-agent policy allow actions=service.stop services=nginx',
  })
})

test('a refusal offers nothing for a misspelt service, and names the nearest one', async () => {
  const ruling = (await policyOf('policy: 1\n')).allows(stop('ngnix'))
  const error = await policyRefusal(host, ruling, true)
  expect(error.message).toContain('There is no service "ngnix" on this host; did you mean "nginx"?')
  expect(`${error.message} ${error.rule}`).not.toContain('policy allow')
})

test('a controller learns of a misspelt service only where its action is allowed', async () => {
  const closed = await policyRefusal(host, (await policyOf('policy: 1\n')).allows(stop('ngnix')), false)
  expect(closed.message).not.toContain('nginx')
  expect(closed.rule).toContain('services=ngnix')
  const open = (await policyOf('policy: 1\nactions: [service.stop]\n')).allows(stop('ngnix'))
  expect((await policyRefusal(host, open, false)).message).toContain('did you mean "nginx"?')
})

test('a probe of a misspelt service offers nothing either, and reveals to a controller no more than the action would', async () => {
  const look = { kind: 'probe', name: 'service', harmless: false, wallMs: 0 } as const
  const asked = { ...look, questions: [{ kind: 'service', value: 'ngnix' } as const] }
  const open = await policyOf('policy: 1\nactions: [service.stop]\n')
  const refused = await probeRefusal(host, open, open.allows(asked), 0)
  expect(refused.message).toContain('did you mean "nginx"?')
  expect(refused.rule).not.toContain('policy allow')
  for (const text of ['policy: 1\n', 'policy: 1\nactions: [interface.down]\n']) {
    const closed = await policyOf(text)
    const { message, rule } = await probeRefusal(host, closed, closed.allows(asked), 0)
    expect(message).not.toContain('nginx')
    expect(rule).toContain('services=ngnix')
  }
})

test('a controller cannot find out by refusals which paths, accounts and groups there are', async () => {
  const policy = await policyOf('policy: 1\nactions: [data.quarantine, membership.revoke]\n')
  for (const value of ['/etc', '/nowhere-at-all']) {
    const ruling = policy.allows(action('data.quarantine', [{ kind: 'folder', value: `${value}/x` }]))
    expect((await policyRefusal(host, ruling, false)).rule).toBe(`chaos-lite-agent policy allow folders=${value}/x`)
  }
  for (const value of ['anna', 'nobody-at-all']) {
    const ruling = policy.allows(action('membership.revoke', [{ kind: 'account', value }]))
    expect((await policyRefusal(host, ruling, false)).rule).toBe(`chaos-lite-agent policy allow accounts=${value}`)
  }
})

test.each([
  [{ accounts: ['ana-of-nowhere', 'rooot'] }, /account "rooot" .* did you mean "root"/],
  [{ groups: ['finanze'] }, /no group "finanze" on this host; did you mean "finance"/],
  [{ interfaces: ['lol'] }, /no network interface "lol" on this host; did you mean "lo"/],
  [{ folders: ['/ect'] }, /no file or folder "\/ect" on this host; did you mean "\/etc"/],
])('the nearest thing of this host is named: %j', async (entries, words) => {
  expect((await unknownNames(host, entries, namedLists)).map(({ text }) => text).join(' ')).toMatch(words)
})

test('a pattern, and what exists, are never called unknown', async () => {
  const folder = await temporaryFolder()
  const entries = {
    services: ['redis-*', 'nginx', 'ssh.service'],
    accounts: ['root'],
    folders: [folder],
    names: ['x.test'],
  }
  expect(await unknownNames(host, entries, namedLists)).toEqual([])
})

test('nothing is called unknown where nobody can be asked', async () => {
  const dumb = localHost({
    parts: { services: { ...localHost().services, state: () => Promise.reject(new Error('no answer')) } },
  })
  expect(await unknownNames(dumb, { services: ['nginx'] }, namedLists)).toEqual([])
})
