import { PlainDuration } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { AbsolutePath, HostName, Port } from '../../src/params/params.ts'
import { loadPolicy } from '../../src/policy-file/index.ts'
import { checkProbe } from '../../src/probes/check-order.ts'
import { isHarmless } from '../../src/probes/harmless.ts'
import { findProbe, probes } from '../../src/probes/index.ts'

const nobody = loadPolicy('/nowhere/policy.yaml')

test.each<[string, z.ZodType, boolean]>([
  ['nothing', z.strictObject({}), true],
  ['a number that a value is compared with', z.strictObject({ freeBytesAtLeast: z.int().optional() }), true],
  ['a choice', z.strictObject({ source: z.enum(['chrony', 'systemd']) }), true],
  ['a switch', z.strictObject({ sha256: z.boolean().optional() }), true],
  ['a duration', z.strictObject({ within: PlainDuration }), true],
  ['a time to wait', z.strictObject({ withinMs: z.int().optional() }), true],
  ['a path', z.strictObject({ path: AbsolutePath }), false],
  ['a path that may be left out', z.strictObject({ path: AbsolutePath.optional() }), false],
  ['a name', z.strictObject({ name: HostName.optional() }), false],
  ['any text', z.strictObject({ text: z.string() }), false],
  ['a port', z.strictObject({ port: Port.optional() }), false],
  ['a port by another name', z.strictObject({ door: Port }), false],
  ['a process id', z.strictObject({ pid: z.int() }), false],
  ['a text or a number', z.strictObject({ of: z.union([z.string(), z.int()]) }), false],
  ['a list', z.strictObject({ of: z.array(z.string()) }), false],
  ['a name inside', z.strictObject({ of: z.strictObject({ name: z.string() }) }), false],
  ['a map of any keys', z.record(z.string(), z.boolean()), false],
  ['keys that are not listed', z.looseObject({}), false],
])('a probe that takes %s: harmless is what its parameters make it', (_note, params, harmless) => {
  expect(isHarmless(params)).toBe(harmless)
})

test('every probe that takes a path, a name or a port asks the owner of the host, whatever it is given', () => {
  for (const probe of probes) {
    if (isHarmless(probe.params)) expect(probe.asks({}), probe.name).toEqual([])
    else
      expect(
        nobody.allows({ kind: 'probe', name: probe.name, harmless: false, questions: [], wallMs: 0 }).allowed,
      ).toBe(false)
  }
})

test.each([
  ['tcp', { host: '127.0.0.1', port: 22 }],
  ['tcp', { host: '::1', port: 5432 }],
  ['dns', { name: 'internal.example.test' }],
  ['membership', { account: 'anna', group: 'sudo' }],
  ['disk', { path: '/root/.ssh' }],
  ['io', { path: '/home/anna' }],
  ['service', { service: 'postgresql' }],
  ['process', { name: 'sshd' }],
  ['account', { account: 'root' }],
  ['file', { path: '/etc/shadow' }],
  ['http', { url: 'http://127.0.0.1:9200/' }],
  ['tls', { host: '127.0.0.1' }],
  ['certificate', { path: '/etc/ssl/x.pem' }],
])('without a policy a controller learns nothing by the probe %s %j', (probe, params) => {
  expect(() => checkProbe({ probe, params: params as never }, nobody, 0)).toThrow(
    expect.objectContaining({ code: 'policy-refused', rule: expect.stringMatching(/^chaos-lite-agent policy allow /) }),
  )
})

test('without a policy the load of the host and its clock can be seen', () => {
  for (const probe of ['cpu', 'memory', 'clock']) {
    expect(findProbe(probe)).toBeDefined()
    expect(checkProbe({ probe, params: {} }, nobody, 0).ruling.allowed).toBe(true)
  }
})
