import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../shared/test/eventually.ts'
import { hashOf } from '../src/secrets/secrets.ts'
import type { Controller } from '../src/start-controller.ts'
import { administrator, ask, logInWithCookie, openController, PASSWORD } from './support/controller.ts'
import { ingestSome } from './support/damage.ts'
import { mayMount, type SmallDisk, smallDisk } from './support/small-disk.ts'

/** A controller whose data folder is on a disk that is full to its last byte, with a run under way. */
async function onFullDisk(disk: SmallDisk) {
  const controller = await openController({ dataFolder: join(disk.path, 'data') })
  const headers = await administrator(controller)
  const { planId, digest } = (await ask(controller, 'plans', { headers, body: { drill: 'ask-the-people' } })).body
  const { runId } = (await ask(controller, 'runs', { headers, body: { planId, digest } })).body
  await eventually(async () => {
    expect((await ask(controller, `runs/${runId}`, { headers })).body.questions).toHaveLength(1)
  })
  await expect.poll(() => existsSync(join(disk.path, 'data', 'controller.reserve'))).toBe(true)
  disk.fill()
  // What the log still had room for is used up.
  await eventually(async () => expect(ingestSome(controller, 500)).rejects.toMatchObject({ code: 'storage-full' }))
  await eventually(() => expect(controller.store.failing()).not.toBeNull())
  return { controller, runId: runId as string }
}

async function runOf(controller: Controller, headers: Record<string, string>, runId: string) {
  return (await ask(controller, `runs/${runId}`, { headers })).body
}

const notice = expect.stringContaining('The controller cannot write its database now')

describe.skipIf(!mayMount)('on a full disk', () => {
  test('people log in and stop everything, read that it is not stored yet, and it is in the record later', async (context) => {
    const disk = smallDisk(8)
    if (!disk) return context.skip('mounting is not allowed here')
    const { controller, runId } = await onFullDisk(disk)
    const loggedIn = await ask(controller, 'session', { body: { user: 'admin', password: PASSWORD } })
    expect(loggedIn).toMatchObject({ status: 200, body: { user: 'admin', notice } })
    const cookie = String(loggedIn.headers['set-cookie']).split(';')[0] ?? ''
    const headers = { cookie, origin: controller.url }
    const stopped = await ask(controller, 'stop-all', { headers, method: 'POST', body: {} })
    expect(stopped).toMatchObject({ status: 200, body: { notice, stoppedMs: expect.any(Number) } })
    // Everything else is refused with a sentence, and nothing of it is half done.
    const refused = await ask(controller, 'tokens', { headers, body: {} })
    expect(refused).toMatchObject({
      status: 507,
      body: { code: 'storage-full', detail: expect.stringContaining('disk') },
    })
    expect((await ask(controller, '/healthz')).body).toEqual({ status: 'ok', storage: 'failing' })
    expect((await ask(controller, 'session', { headers })).body).toMatchObject({ user: 'admin', notice })
    disk.free()
    await eventually(async () => {
      const run = await runOf(controller, headers, runId)
      expect(run).toMatchObject({ phase: 'ended', aborts: [{ cause: 'stop all', by: 'admin' }] })
    })
    await eventually(async () => expect((await ask(controller, '/healthz')).body.storage).toBe('ok'))
    expect((await ask(controller, 'session', { headers })).body.notice).toBeUndefined()
  })

  test('a program logs in with a token and stops one run; the token is good after a restart, once it was stored', async (context) => {
    const disk = smallDisk(8)
    if (!disk) return context.skip('mounting is not allowed here')
    const { controller, runId } = await onFullDisk(disk)
    const { body } = await ask(controller, 'session', {
      body: { user: 'admin', password: PASSWORD },
      headers: { 'accept-token': 'yes' },
    })
    const headers = { authorization: `Bearer ${body.token}` }
    const aborted = await ask(controller, `runs/${runId}/abort`, { headers, body: { reason: 'enough' } })
    // A checkpoint may have made room for the few bytes of this; then they are stored, and there is nothing to notice.
    const isStored = controller.store.failing() === null
    expect(aborted).toMatchObject({ status: 200, body: { runId, ...(isStored ? {} : { notice }) } })
    disk.free()
    await eventually(async () => expect(await runOf(controller, headers, runId)).toMatchObject({ phase: 'ended' }))
    const stored = async () => (await controller.store.logIns.get(hashOf(body.token), 0)) !== null
    await expect.poll(stored).toBe(true)
  })

  test('who logs out is out, although that cannot be stored', async (context) => {
    const disk = smallDisk(8)
    if (!disk) return context.skip('mounting is not allowed here')
    const controller = await openController({ dataFolder: join(disk.path, 'data') })
    await administrator(controller)
    const headers = await logInWithCookie(controller, PASSWORD)
    disk.fill()
    await eventually(async () => expect(ingestSome(controller, 500)).rejects.toMatchObject({ code: 'storage-full' }))
    expect((await ask(controller, 'session', { headers, method: 'DELETE' })).status).toBe(204)
    expect((await ask(controller, 'session', { headers })).status).toBe(401)
    disk.free()
    await eventually(async () => expect((await ask(controller, '/healthz')).body.storage).toBe('ok'))
    expect((await ask(controller, 'session', { headers })).status).toBe(401)
  })

  test('a controller is started with the room that was set aside, and people get in', async (context) => {
    const disk = smallDisk(8)
    if (!disk) return context.skip('mounting is not allowed here')
    const dataFolder = join(disk.path, 'data')
    const first = await openController({ dataFolder })
    await administrator(first)
    await expect.poll(() => existsSync(join(dataFolder, 'controller.reserve'))).toBe(true)
    await first[Symbol.asyncDispose]()
    disk.fill()
    const controller = await openController({ dataFolder })
    expect(existsSync(join(dataFolder, 'controller.reserve'))).toBe(false)
    const headers = await logInWithCookie(controller, PASSWORD)
    expect((await ask(controller, 'stop-all', { headers, method: 'POST', body: {} })).status).toBe(200)
  })
})
