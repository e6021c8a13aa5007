import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Controller, startController } from '@chaos-lite/controller'
import { expect, onTestFinished, test } from 'vitest'
import { enrol, readIdentity } from '../../packages/agent/src/identity/index.ts'
import { createOutbox } from '../../packages/agent/src/outbox/index.ts'
import type { FakeController } from '../../packages/agent/test/link/fake-controller.ts'
import { linkTo } from '../../packages/agent/test/link/support.ts'
import { clock, everything, refused } from '../../packages/agent/test/outbox/support.ts'
import { backUp } from '../../packages/controller/src/backup/backup.ts'
import { restore } from '../../packages/controller/src/backup/restore.ts'

async function opened(dataFolder: string, port = 0): Promise<Controller> {
  const controller = await startController({ dataFolder, port, logLevel: 'silent' })
  onTestFinished(() => controller[Symbol.asyncDispose]())
  return controller
}

test('a restored controller has again what agents reported after the backup, also what earlier agent processes reported', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-restored-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const at = (name: string) => join(folder, name)
  const before = await opened(at('data'))
  const port = Number(new URL(before.url).port)
  const { clientId } = await before.store.clients.first()
  const { token } = await before.context.enrolment.makeToken({
    ...{ clientId, labels: {}, validForMs: 60_000, approve: true, by: 'admin' },
  })
  const identityFile = at('identity.json')
  const { hostId } = await enrol({ controllerUrl: before.url, token, labels: {}, identityFile })
  const identity = await readIdentity(identityFile)
  if (!identity) throw new Error('There is no identity.')
  await using agent = await linkTo(null as unknown as FakeController, identity)
  await using earlier = createOutbox({ folder: at('outbox'), clock: { ...clock, bootId: 'an-earlier-boot' } })
  const cursor = (controller: Controller, epoch: string) => controller.store.facts.cursor(hostId, epoch)
  backUp(at('data'), at('backup'))
  for (let n = 1; n < 5; n++) await earlier.report(refused(n))
  await earlier.close()
  // Whole from one moment on: epochs of an earlier boot do not grow.
  await mkdir(agent.outboxFolder, { recursive: true })
  await rename(join(at('outbox'), earlier.epoch), join(agent.outboxFolder, earlier.epoch))
  await expect.poll(() => cursor(before, earlier.epoch)).toMatchObject({ seq: 3 })
  // All of it is stored and acknowledged: the agent would never send it again by itself.
  await expect.poll(async () => (await everything(agent.outbox)).length).toBe(0)
  await before[Symbol.asyncDispose]()
  restore(at('backup'), at('restored'), { pending: false })
  const after = await opened(at('restored'), port)
  await expect.poll(() => cursor(after, earlier.epoch)).toMatchObject({ seq: 3 })
  // The present process has reported nothing yet; it goes on as before.
  await agent.outbox.report(refused(5))
  await expect.poll(() => cursor(after, agent.outbox.epoch)).toMatchObject({ seq: 0 })
  expect((await after.store.incidents.ofClient(clientId, 10)).map(({ kind }) => kind)).toEqual(['store restored'])
})
