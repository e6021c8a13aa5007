import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSqlite } from '../../packages/controller/src/store/sqlite/open-sqlite.ts'
import { sqliteStore } from '../../packages/controller/src/store/sqlite/sqlite-store.ts'
import { Lab, type LabHost, until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'

const PROGRAM = fileURLToPath(new URL('support/commit-and-print.ts', import.meta.url))
/** So many numbers are printed before the power goes, in the middle of the next one. */
const ENOUGH = 300
const NEWLINE = 10

describeLab('the power of the controller is cut while it commits', () => {
  let lab: Lab
  let host: LabHost
  let folder: string

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['records'], disk: 'ext4' })
    host = lab.host('records')
  })
  afterAll(async () => await lab?.[Symbol.asyncDispose]())
  beforeEach(async ({ task }) => {
    folder = join(host.root, 'srv', task.id)
    await mkdir(folder, { recursive: true })
    await host.enter(['sync'])
  })

  /** @returns the last number that was printed before the power went, and the last one that is in the store after the power came back */
  async function printedAndKept(how: 'synced' | 'unsynced'): Promise<{ printed: number; kept: number }> {
    const child = spawn(process.execPath, [PROGRAM, folder, how], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(child, 'exit')
    const errors = text(child.stderr)
    const said = text(child.stdout)
    let count = 0
    child.stdout.on('data', (chunk: Buffer) => {
      count += chunk.filter((byte) => byte === NEWLINE).length
    })
    let cutMonoNs = 0n
    try {
      await until('enough is printed', async () => {
        if (child.exitCode !== null) throw new Error(`The store ended: ${await errors}`)
        return count >= ENOUGH
      })
      cutMonoNs = await host.powerCut()
      await ended
    } finally {
      child.kill('SIGKILL')
    }
    await host.boot()
    const printed = (await said).split('\n').flatMap((line) => {
      const [number = '', atMonoNs = ''] = line.split(' ')
      // While the file system goes down, a sync may return as if it had worked: with real power nobody would be there.
      return atMonoNs !== '' && BigInt(atMonoNs) < cutMonoNs ? [Number(number)] : []
    })
    const database = openSqlite(join(folder, 'controller.db'))
    const store = sqliteStore(database)
    try {
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      const { clientId } = await store.clients.first()
      return { printed: Math.max(0, ...printed), kept: (await store.stops.ofClient(clientId)) ?? 0 }
    } finally {
      await store.close()
    }
  }

  test('whatever it said would last is there', async () => {
    const { printed, kept } = await printedAndKept('synced')
    expect(printed).toBeGreaterThanOrEqual(ENOUGH)
    expect(kept).toBeGreaterThanOrEqual(printed)
  })

  test('what it would say without a sync is not', async () => {
    const { printed, kept } = await printedAndKept('unsynced')
    expect(kept).toBeLessThan(printed)
  })
})
