import { extensionsOf, type Hardware } from '@chaos-lite/shared'
import { expect, test, vi } from 'vitest'
import { FakeController } from './fake-controller.ts'
import { linkTo } from './support.ts'

const hardware: Hardware = {
  ...{ manufacturer: 'a', model: null, virtualisation: null, disks: null, interfaces: [] },
  processor: { model: null, sockets: null, cores: null, threads: 1 },
  memory: { totalBytes: 1, swapBytes: null },
}

test('the hello names what the agent can report beyond the frames of the protocol', async () => {
  await using controller = await FakeController.start()
  await using _agent = await linkTo(controller)
  const hello = await (await controller.peer()).prove()
  expect(extensionsOf(hello.version)).toEqual(['hardware', 'words'])
})

test('the hardware is sent to a controller that understands it', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  agent.duties.hardware = async () => hardware
  const peer = await controller.welcome(null, ['hardware', 'of-tomorrow'])
  expect((await peer.next('hardware')).hardware).toEqual(hardware)
})

test('a controller that does not say so is sent none: it would refuse the frame', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const asked = vi.fn(async () => hardware)
  agent.duties.hardware = asked
  const peer = await controller.welcome()
  await peer.next('inventory')
  agent.duties.inventoryChanged()
  await peer.next('inventory')
  expect(asked).not.toHaveBeenCalled()
})

test('the link is not quiet while the hardware is being read, and stands when it is not known', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const { promise, resolve } = Promise.withResolvers<null>()
  agent.duties.hardware = () => promise
  const peer = await controller.welcome(null, ['hardware'])
  await peer.next('inventory')
  expect(agent.link.quiet).toBe(false)
  resolve(null)
  await expect.poll(() => agent.link.quiet).toBe(true)
  expect(agent.link.state).toBe('open')
})
