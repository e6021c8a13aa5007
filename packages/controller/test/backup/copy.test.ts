import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import BetterSqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openController } from '../support/controller.ts'
import { ingestSome } from '../support/damage.ts'
import { chainOf, newEpoch } from '../support/lines.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)

/** As a person copies a folder that is in use. The new mark may get its name between being listed and being copied. */
async function copied(folder: string, copy: string): Promise<void> {
  await run('cp', ['-a', folder, copy]).catch((error: { stderr: string }) => {
    const others = error.stderr
      .split('\n')
      .filter((line) => line !== '' && !/controller\.mark\.new': No such/.test(line))
    if (others.length > 0) throw error
  })
}

test('a copy of the folder made under load starts with all that was acknowledged before it, or is refused with a sentence', {
  timeout: 300_000,
}, async () => {
  const folder = join(temporaryFolder(), 'data')
  const controller = await openController({ dataFolder: folder })
  await ingestSome(controller)
  const { clientId } = await controller.store.clients.first()
  const [host] = await controller.store.hosts.ofClient(clientId)
  const hostId = host?.hostId ?? ''
  const key = await controller.store.settings.get('signing-key')
  let [loaded, stored] = [true, 20]
  const load = async () => {
    while (loaded) {
      await controller.store.facts.ingest(hostId, clientId, chainOf(newEpoch(), 200), 1)
      stored += 200
    }
  }
  const loading = load()
  let copies = 0
  for (; copies < 6; copies += 1) {
    const copy = join(temporaryFolder(), 'copy')
    // Each time more has been written, and checkpoints have run in between.
    await expect.poll(() => stored).toBeGreaterThan(20 + copies * 1_500)
    const before = stored
    await copied(folder, copy)
    const started = await openController({ dataFolder: copy }).catch((error: Error) => error.message)
    if (typeof started === 'string') {
      expect(started).toMatch(/controller\.db/)
      continue
    }
    expect(await started.store.settings.get('signing-key')).toBe(key)
    const reader = new BetterSqlite(join(copy, 'controller.db'), { readonly: true })
    expect(Number(reader.prepare('SELECT count(*) FROM facts').pluck().get())).toBeGreaterThanOrEqual(before)
    reader.close()
    await started[Symbol.asyncDispose]()
  }
  loaded = false
  await loading
  expect(copies).toBe(6)
})
