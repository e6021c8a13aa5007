import { rm, utimes, writeFile } from 'node:fs/promises'
import type { NetworkInterfaceInfo } from 'node:os'
import { join } from 'node:path'
import { Inventory } from '@chaos-lite/shared'
import { expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { stampOf, stampsOf, watchFiles } from '../../src/file-watch/file-watch.ts'
import { createInventory, machine, systemName, within } from '../../src/inventory/index.ts'
import { menuOf } from '../../src/menu.ts'
import { allowAll, toyWorld } from '../fixtures/toy-engine.ts'
import { temporaryFolder } from '../outbox/support.ts'

function toyInventory(watched: readonly string[] = []) {
  const world = toyWorld()
  const source = createInventory({
    host: world.deps.host,
    engine: world.engine,
    labels: { role: 'demo' },
    menu: menuOf(),
    policy: async () => allowAll,
    offers: async () => [{ name: 'toy.write', kind: 'action', offered: true, why: 'it may' }],
    watched,
  })
  return { world, source }
}

test('the inventory of this machine has the form that the protocol wants', async () => {
  const { source } = toyInventory()
  using _ = source
  const inventory = await source.read()
  expect(Inventory.safeParse(inventory).error).toBeUndefined()
  expect(inventory).toMatchObject({ labels: { role: 'demo' }, journal: { readable: true, open: 0, stuck: 0 } })
  expect(inventory.menu.actions.length).toBeGreaterThan(0)
})

test('the inventory fits into one frame', async () => {
  const { source } = toyInventory()
  using _ = source
  expect(JSON.stringify(await source.read()).length).toBeLessThan(128 * 1024)
})

test('it reports when the journal changed, and what is open now', async () => {
  const { source, world } = toyInventory()
  using _ = source
  const changed = vi.fn()
  source.onChange(changed)
  await world.engine.inject(world.request())
  await eventually(() => expect(changed).toHaveBeenCalled())
  expect((await source.read()).journal.open).toBe(1)
  await world.engine.revert({}, 'by hand')
})

test('nobody is notified any more after the end', async () => {
  const { source, world } = toyInventory()
  const changed = vi.fn()
  source.onChange(changed)
  source[Symbol.dispose]()
  await world.engine.inject(world.request())
  await world.engine.revert({}, 'by hand')
  expect(changed).not.toHaveBeenCalled()
})

test('what cannot be found out is unknown, never nought', () => {
  const { cpus, memoryBytes, hostname } = machine()
  expect(cpus).toBeGreaterThan(0)
  expect(memoryBytes).toBeGreaterThan(0)
  expect(hostname).not.toBe('')
})

test('addresses are those that others can reach, without the one that is made of the MAC address', () => {
  const of = (address: string, internal = false) => ({ address, internal }) as NetworkInterfaceInfo
  const all = [
    of('127.0.0.1', true),
    of('192.0.2.4'),
    of('fe80::5054:ff:fe12:3456'),
    of('2001:db8::4'),
    of('192.0.2.4'),
  ]
  expect(machine({ eth0: all }).addresses).toEqual(['192.0.2.4', '2001:db8::4'])
})

test.each([
  ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n', 'Debian GNU/Linux 12 (bookworm)'],
  ["NAME=x\nPRETTY_NAME='Alpine Linux v3.20'\n", 'Alpine Linux v3.20'],
  ['PRETTY_NAME=Plain\n', 'Plain'],
])('the name of the system is read from os-release (%j)', async (text, expected) => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'os-release')
  await writeFile(file, text)
  expect(await systemName([file])).toBe(expected)
})

test('without an os-release the name comes from elsewhere, or is unknown', async () => {
  expect(await systemName(['/nowhere/os-release'])).not.toBe('')
})

test('a question that takes too long or fails is answered with null', async () => {
  expect(await within(() => new Promise(() => {}), 20)).toBeNull()
  expect(await within(() => Promise.reject(new Error('no')), 20)).toBeNull()
  expect(await within(async () => 7, 20)).toBe(7)
})

test('a watched file that appears, changes or goes is reported', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'policy.yaml')
  const changed = vi.fn()
  using _ = watchFiles([file], changed, { everyMs: 20, since: await stampsOf([file]) })
  const notified = (times: number) => eventually(() => expect(changed.mock.calls.length).toBeGreaterThanOrEqual(times))
  await writeFile(file, 'a')
  await notified(1)
  const before = await stampOf(file)
  await utimes(file, 1, 1)
  expect(await stampOf(file)).not.toBe(before)
  await notified(2)
  await rm(file)
  await notified(3)
  expect(await stampOf(file)).toBeNull()
})
