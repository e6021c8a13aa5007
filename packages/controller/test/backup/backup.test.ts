import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { NOTHING_KNOWN } from '@chaos-lite/shared'
import BetterSqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { backUp } from '../../src/backup/backup.ts'
import { restore } from '../../src/backup/restore.ts'
import { takeDataFolder } from '../../src/data-folder.ts'
import type { Controller } from '../../src/start-controller.ts'
import { administrator, ask, openController, PASSWORD } from '../support/controller.ts'
import { bytesOf, ingestSome } from '../support/damage.ts'
import { chainOf, newEpoch, textLines } from '../support/lines.ts'
import { connect, enrol } from '../support/scripted-agent.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** Starts the program as a process of its own, which takes a busy machine many seconds. */
const SPAWNS = { timeout: 300_000 }
const inside = (name: string) => join(temporaryFolder(), name)

async function controllerIn(folder: string): Promise<Controller> {
  const controller = await openController({ dataFolder: folder })
  await ingestSome(controller)
  return controller
}

async function backedUp(): Promise<{ folder: string; backup: string; controller: Controller }> {
  const [folder, backup] = [inside('data'), inside('backup')]
  const controller = await controllerIn(folder)
  backUp(folder, backup)
  return { folder, backup, controller }
}

/** A token that is good for one host. */
async function newToken({ store, context }: Controller): Promise<string> {
  const { clientId } = await store.clients.first()
  const request = { clientId, labels: {}, validForMs: 60_000, approve: true, by: 'admin' }
  return (await context.enrolment.makeToken(request)).token
}

describe('a backup', () => {
  test(
    'is made by the program beside a running controller, restored, and started with the same key',
    SPAWNS,
    async () => {
      const [folder, backup, restored] = [inside('data'), inside('deep/backup'), inside('restored')]
      const controller = await controllerIn(folder)
      const made = await run(process.execPath, [main, 'backup', backup, '--data', folder])
      expect(made.stdout).toMatch(/^Backed up 20 facts/)
      expect(readdirSync(backup).sort()).toEqual(['controller.db', 'manifest.json', 'tls'])
      expect(statSync(backup).mode & 0o777).toBe(0o700)
      expect(statSync(join(backup, 'controller.db')).mode & 0o777).toBe(0o600)
      const key = await controller.store.settings.get('signing-key')
      const put = await run(process.execPath, [main, 'restore', backup, '--data', restored])
      expect(put.stdout).toMatch(/Gap in the record: \d{4}-\S+ \S+ .*UTC\)? to \d{4}-\S+ \S+ .*UTC\)?\n/)
      expect(put.stdout).toMatch(/30 days or 64 MiB.*\n.*own facts of that time are lost/)
      expect(put.stdout).toMatch(/revoked after .* is approved again. Approved now: srv-01/)
      expect(statSync(restored).mode & 0o777).toBe(0o700)
      expect(statSync(join(restored, 'controller.db')).mode & 0o777).toBe(0o600)
      const again = await openController({ dataFolder: restored })
      expect(await again.store.settings.get('signing-key')).toBe(key)
      const { clientId } = await again.store.clients.first()
      expect(await again.store.incidents.ofClient(clientId, 10)).toMatchObject([
        {
          kind: 'store restored',
          hostId: null,
          reason: expect.stringContaining('own facts between these times are lost'),
        },
      ])
      const facts = new BetterSqlite(join(restored, 'controller.db'), { readonly: true })
      const own = facts.prepare("SELECT line FROM facts WHERE origin = 'controller'").pluck().all().map(String)
      facts.close()
      expect(own.map((line) => JSON.parse(line).event)).toMatchObject([{ type: 'store.restored', facts: 20 }])
      await again[Symbol.asyncDispose]()
      // Once is enough.
      const later = await openController({ dataFolder: restored })
      expect(await later.store.incidents.ofClient(clientId, 10)).toHaveLength(1)
    },
  )

  test('made under load is of one moment', SPAWNS, async () => {
    const folder = inside('data')
    const controller = await controllerIn(folder)
    const { clientId } = await controller.store.clients.first()
    const [host] = await controller.store.hosts.ofClient(clientId)
    const hostId = host?.hostId ?? ''
    let loaded = true
    const load = async () => {
      while (loaded) await controller.store.facts.ingest(hostId, clientId, chainOf(newEpoch(), 50), 1)
    }
    const loading = load()
    for (let n = 0; n < 3; n += 1) {
      const [backup, restored] = [inside('backup'), inside('restored')]
      await run(process.execPath, [main, 'backup', backup, '--data', folder])
      restore(backup, restored, { pending: false })
      const reader = new BetterSqlite(join(restored, 'controller.db'), { readonly: true })
      expect(reader.pragma('integrity_check', { simple: true })).toBe('ok')
      const short = 'SELECT count(*) FROM (SELECT 1 FROM facts GROUP BY origin, epoch HAVING count(*) NOT IN (20, 50))'
      expect(reader.prepare(short).pluck().get()).toBe(0)
      reader.close()
    }
    loaded = false
    await loading
  })

  test('goes into no folder that is used, and is not made of a damaged store', async () => {
    const { folder, backup, controller } = await backedUp()
    const before = bytesOf(backup)
    expect(() => backUp(folder, backup)).toThrow(/is there already/)
    expect(bytesOf(backup)).toEqual(before)
    await controller[Symbol.asyncDispose]()
    truncateSync(join(folder, 'controller.db'))
    const another = inside('another')
    expect(() => backUp(folder, another)).toThrow(/is empty/)
    expect(existsSync(another)).toBe(false)
    expect(() => backUp(inside('nowhere'), another)).toThrow(/There is no controller in/)
  })
})

describe('a restore', () => {
  test.each<[string, (backup: string) => void, RegExp]>([
    ['has no list of files', (backup) => rmSync(join(backup, 'manifest.json')), /its list of files/],
    ['has a list that says anything', (backup) => writeFileSync(join(backup, 'manifest.json'), '{}'), /expected form/],
    ['has lost its database', (backup) => rmSync(join(backup, 'controller.db')), /controller\.db is missing/],
    ['is cut off', (backup) => truncateSync(join(backup, 'controller.db'), 8192), /has 8192 bytes/],
    [
      'has one flipped bit',
      (backup) => {
        const bytes = readFileSync(join(backup, 'controller.db'))
        bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1
        writeFileSync(join(backup, 'controller.db'), bytes)
      },
      /controller\.db was changed/,
    ],
    [
      'names files elsewhere',
      (backup) => {
        const file = join(backup, 'manifest.json')
        writeFileSync(file, readFileSync(file, 'utf8').replace('controller.db', '../controller.db'))
      },
      /expected form/,
    ],
  ])('of a backup that %s is refused, and writes nothing', async (_what, damage, says) => {
    const { backup } = await backedUp()
    damage(backup)
    const target = inside('restored')
    expect(() => restore(backup, target, { pending: false })).toThrow(says)
    expect(existsSync(target)).toBe(false)
  })

  test(
    'into a folder that holds anything, or a running controller, is refused and changes nothing',
    SPAWNS,
    async () => {
      const { folder, backup, controller } = await backedUp()
      const failed = run(process.execPath, [main, 'restore', backup, '--data', folder])
      await expect(failed).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('A controller is running in'),
      })
      await controller[Symbol.asyncDispose]()
      const before = bytesOf(folder)
      expect(() => restore(backup, folder, { pending: false })).toThrow(/is not empty/)
      expect(bytesOf(folder)).toEqual(before)
      const target = inside('empty')
      mkdirSync(target)
      restore(backup, target, { pending: false })
      expect(readdirSync(target).sort()).toEqual(['controller.db', 'controller.mark', 'tls'])
    },
  )

  test('that was interrupted leaves a folder from which no controller starts', async () => {
    const { backup } = await backedUp()
    const target = inside('restored')
    restore(backup, target, { pending: false })
    rmSync(join(target, 'controller.db'))
    await expect(openController({ dataFolder: target })).rejects.toThrow(/controller\.db is missing/)
    // Earlier still: nothing has its place yet.
    const early = inside('early')
    mkdirSync(join(early, '.restoring'), { recursive: true })
    await expect(openController({ dataFolder: early })).rejects.toThrow(
      /A restore into .* was interrupted.*Empty that folder/,
    )
    expect(readdirSync(early)).toEqual(['.restoring'])
  })

  test('has the folder for itself: neither a controller nor another restore begins there meanwhile', async () => {
    const { backup } = await backedUp()
    const target = inside('restored')
    const taken = takeDataFolder(target)
    expect(() => restore(backup, target, { pending: false })).toThrow(/A controller is running in/)
    taken.leaveAsFound()
    restore(backup, target, { pending: false })
    for (const name of ['controller.db', 'controller.mark', 'tls/ca.key'].filter((one) =>
      existsSync(join(target, one)),
    ))
      expect([name, statSync(join(target, name)).mode & 0o777]).toEqual([name, 0o600])
  })

  test('makes nothing valid again that was used up or may have been withdrawn', async () => {
    const [folder, backup, target] = [inside('data'), inside('backup'), inside('restored')]
    const controller = await controllerIn(folder)
    const token = await newToken(controller)
    const headers = await administrator(controller)
    backUp(folder, backup)
    restore(backup, target, { pending: true })
    const restored = await openController({ dataFolder: target })
    expect((await ask(restored, 'session', { headers })).status).toBe(401)
    expect((await ask(restored, 'session', { body: { user: 'admin', password: PASSWORD } })).status).toBe(200)
    await expect(enrol(restored.agentUrl, token)).rejects.toThrow()
    const { clientId } = await restored.store.clients.first()
    expect(await restored.store.hosts.ofClient(clientId)).toMatchObject([{ state: 'pending' }])
  })

  test('asks each host once for what it has kept', async () => {
    const [folder, backup, target] = [inside('data'), inside('backup'), inside('restored')]
    const controller = await openController({ dataFolder: folder })
    const identity = await enrol(controller.agentUrl, await newToken(controller))
    const { agent, epoch } = await connect(controller.agentUrl, identity)
    agent.send({ type: 'facts', lines: textLines(epoch, 3) })
    await agent.next('ack')
    backUp(folder, backup)
    await controller[Symbol.asyncDispose]()
    restore(backup, target, { pending: false })
    const restored = await openController({ dataFolder: target })
    const first = await connect(restored.agentUrl, identity)
    expect(first.cursor).toEqual(NOTHING_KNOWN)
    first.agent.send({ type: 'facts', lines: textLines(epoch, 5) })
    expect((await first.agent.next('ack')).cursor).toEqual({ epoch, seq: 4 })
    first.agent.ws.terminate()
    await eventually(async () => expect((await connect(restored.agentUrl, identity, epoch)).cursor?.seq).toBe(4))
  })
})
