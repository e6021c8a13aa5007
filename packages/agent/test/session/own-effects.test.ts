import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Engine, Prepared } from '../../src/engine/engine.ts'
import { ownEffects, Session } from '../../src/session/index.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { policyOf, WEDNESDAY_NOON } from '../policy-file/support.ts'
import { listening, openRun, refusedWith, tcpProbe, toySession } from './support.ts'

const effect = {
  ...{ action: 'service.stop', params: { service: 'nginx' } },
  ...{ probe: 'tcp', probeParams: { host: '127.0.0.1', port: 80 } },
}
const order = { probe: 'tcp', params: { host: '127.0.0.1', port: 80 } }
const stops = 'policy: 1\nactions: [service.stop]\nservices: [nginx]\n'

async function place() {
  const file = join(await temporaryFolder(), 'effects.json')
  return { file, effects: ownEffects(file) }
}

test('the probe that an allowed action proposed may be ordered, by another process too', async () => {
  const { file, effects } = await place()
  const policy = await policyOf(stops)
  expect(await effects.allows(order, policy, WEDNESDAY_NOON)).toBe(false)
  await effects.remember(effect, policy, WEDNESDAY_NOON)
  expect(await ownEffects(file).allows(order, policy, WEDNESDAY_NOON)).toBe(true)
  expect(statSync(file).mode & 0o077).toBe(0)
})

test('only the very same one: no other port, no other machine, nothing more', async () => {
  const { effects } = await place()
  const policy = await policyOf(stops)
  await effects.remember(effect, policy, WEDNESDAY_NOON)
  for (const params of [
    { host: '127.0.0.1', port: 81 },
    { host: '127.0.0.2', port: 80 },
    { host: '127.0.0.1', port: 80, withinMs: 60_000 },
  ]) {
    expect(await effects.allows({ probe: 'tcp', params }, policy, WEDNESDAY_NOON), JSON.stringify(params)).toBe(false)
  }
  expect(await effects.allows({ ...order, probe: 'tls' }, policy, WEDNESDAY_NOON)).toBe(false)
})

test('no longer when the owner has taken the action or the service out of the policy', async () => {
  const { effects } = await place()
  await effects.remember(effect, await policyOf(stops), WEDNESDAY_NOON)
  for (const text of ['policy: 1\n', 'policy: 1\nactions: [service.stop]\nservices: [cups]\n']) {
    expect(await effects.allows(order, await policyOf(text), WEDNESDAY_NOON)).toBe(false)
  }
})

test('what the policy allows anyway is not kept, and the list does not grow without end', async () => {
  const { file, effects } = await place()
  await effects.remember({ ...effect, probe: 'cpu', probeParams: {} }, await policyOf(stops), WEDNESDAY_NOON)
  expect(() => statSync(file)).toThrow()
  const policy = await policyOf(stops)
  for (let port = 1; port <= 200; port += 1) {
    await effects.remember({ ...effect, probeParams: { host: '127.0.0.1', port } }, policy, WEDNESDAY_NOON)
  }
  const allows = (port: number) =>
    effects.allows({ probe: 'tcp', params: { host: '127.0.0.1', port } }, policy, WEDNESDAY_NOON)
  expect([await allows(1), await allows(200)]).toEqual([false, true])
})

test('a damaged file allows nothing', async () => {
  const { file, effects } = await place()
  writeFileSync(file, '{"format":1,"effects":[{"probe":"tcp"}]}')
  expect(await effects.allows(order, await policyOf(stops), WEDNESDAY_NOON)).toBe(false)
})

test('a controller opens a run with the effect probe that this host proposed, and with no other port', async () => {
  await using door = await listening()
  const policy = await policyOf(stops)
  await using toy = toySession({ policy })
  const prepared: Prepared = {
    ...{ touches: [], sentences: [], messages: [], injectMs: 0, revertMs: 0, digest: `sha256:${'0'.repeat(64)}` },
    effect: { probe: 'tcp', params: { host: '127.0.0.1', port: door.port }, expect: 'down' },
  }
  const engine: Engine = Object.create(toy.world.engine, { prepare: { value: async () => prepared } })
  engine.standings = () => toy.world.engine.standings()
  engine.warm = () => toy.world.engine.warm()
  engine.revert = (...given) => toy.world.engine.revert(...given)
  engine.onReverted = (listener) => toy.world.engine.onReverted(listener)
  const { effects } = await place()
  const session = new Session({ ...toy.deps, engine, effects })
  expect(await session.execute(openRun([tcpProbe(door.port)]))).toEqual(refusedWith('policy-refused'))
  const step = {
    stepId: 'stop',
    kind: 'inject',
    name: 'service.stop',
    params: { service: 'nginx' },
    holdMs: 1_000,
  } as const
  expect(await session.execute({ name: 'prepare', steps: [step], probes: [] })).toMatchObject({ ok: true })
  expect(await session.execute(openRun([tcpProbe(door.port === 65_535 ? 1 : door.port + 1)]))).toEqual(
    refusedWith('policy-refused'),
  )
  expect(await session.execute(openRun([tcpProbe(door.port)]))).toMatchObject({ ok: true })
  await session.stop()
})
