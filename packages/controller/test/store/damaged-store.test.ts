import { execFile } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import BetterSqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { Controller } from '../../src/start-controller.ts'
import { MARK } from '../../src/store/mark/mark.ts'
import { openController } from '../support/controller.ts'
import { bytesOf, copyOf, ingestSome } from '../support/damage.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** The data folder of a controller that was stopped in good order, with some facts in it. */
async function stoppedFolder(count = 20): Promise<string> {
  const folder = join(temporaryFolder(), 'data')
  const controller = await openController({ dataFolder: folder })
  await ingestSome(controller, count)
  await controller[Symbol.asyncDispose]()
  return folder
}

/** What is left of a controller that was killed; all that it stored lies in the log. */
async function killedFolder(): Promise<string> {
  const folder = join(temporaryFolder(), 'data')
  const controller = await openController({ dataFolder: folder })
  await ingestSome(controller)
  await expect.poll(() => markOf(folder).facts).toBe(20)
  return copyOf(folder)
}

function markOf(folder: string) {
  return JSON.parse(readFileSync(join(folder, MARK), 'utf8'))
}

function inDatabase(folder: string, sql: string): void {
  const database = new BetterSqlite(join(folder, 'controller.db'))
  database.exec(sql)
  database.close()
}

const database = (folder: string) => join(folder, 'controller.db')
const log = (folder: string) => join(folder, 'controller.db-wal')

interface Kind {
  readonly kind: string
  readonly begin?: () => Promise<string>
  readonly damage: (folder: string) => void | Promise<void>
  readonly says: RegExp
}

const kinds: readonly Kind[] = [
  { kind: 'is missing', damage: (folder) => rmSync(database(folder)), says: /controller\.db is missing/ },
  { kind: 'is emptied', damage: (folder) => writeFileSync(database(folder), ''), says: /is empty \(0 bytes\)/ },
  {
    kind: 'is emptied and has lost its mark',
    damage(folder) {
      writeFileSync(database(folder), '')
      rmSync(join(folder, MARK))
    },
    says: /is empty \(0 bytes\)/,
  },
  {
    kind: 'is missing with its mark, beside its log',
    begin: killedFolder,
    damage(folder) {
      rmSync(database(folder))
      rmSync(join(folder, MARK))
    },
    says: /controller\.db is missing.*controller\.db-wal/,
  },
  { kind: 'is cut off', damage: (folder) => truncateSync(database(folder), 3 * 8192), says: /is cut off/ },
  { kind: 'is cut off in a page', damage: (folder) => truncateSync(database(folder), 9000), says: /is cut off/ },
  {
    kind: 'is not a database',
    damage: (folder) => writeFileSync(database(folder), 'x'.repeat(20_000)),
    says: /is not a database/,
  },
  { kind: 'is a short text', damage: (folder) => writeFileSync(database(folder), 'x'), says: /is not a database/ },
  {
    kind: 'is a folder',
    damage(folder) {
      rmSync(database(folder))
      mkdirSync(database(folder))
    },
    says: /is not a database/,
  },
  {
    kind: 'has a damaged page',
    begin: () => stoppedFolder(400),
    damage(folder) {
      const bytes = readFileSync(database(folder))
      bytes.fill(0xa5, bytes.length - 3 * 8192 + 100, bytes.length - 2 * 8192)
      writeFileSync(database(folder), bytes)
    },
    says: /controller\.db is damaged/,
  },
  {
    kind: 'has lost its log',
    begin: killedFolder,
    damage: (folder) => rmSync(log(folder)),
    // On a busy machine the log was copied into the database in part: then other words say what is missing.
    says: /controller\.db/,
  },
  {
    kind: 'has an emptied log',
    begin: killedFolder,
    damage: (folder) => truncateSync(log(folder)),
    says: /controller\.db/,
  },
  {
    kind: 'is an older copy',
    async damage(folder) {
      const older = readFileSync(database(folder))
      const controller = await openController({ dataFolder: folder })
      await ingestSome(controller, 3)
      await controller[Symbol.asyncDispose]()
      writeFileSync(database(folder), older)
    },
    says: /older copy.*: 3 facts and \d+ other changes/,
  },
  {
    kind: 'is an older copy that lacks no fact, but a revocation',
    async damage(folder) {
      const older = readFileSync(database(folder))
      const controller = await openController({ dataFolder: folder })
      const { clientId } = await controller.store.clients.first()
      const [host] = await controller.store.hosts.ofClient(clientId)
      await controller.store.hosts.setState(host?.hostId ?? '', 'revoked')
      await controller[Symbol.asyncDispose]()
      writeFileSync(database(folder), older)
    },
    says: /older copy.*: 0 facts and [1-9]\d* other changes/,
  },
  {
    kind: 'is that of another controller',
    async damage(folder) {
      writeFileSync(database(folder), readFileSync(database(await stoppedFolder())))
    },
    says: /belongs to another controller/,
  },
  {
    kind: 'has lost its key',
    damage: (folder) => inDatabase(folder, "DELETE FROM settings WHERE name = 'signing-key'"),
    says: /signing key of this controller is missing/,
  },
  {
    kind: 'has lost its key and its mark',
    damage(folder) {
      inDatabase(folder, "DELETE FROM settings WHERE name = 'signing-key'")
      rmSync(join(folder, MARK))
    },
    says: /signing key of this controller is missing/,
  },
  {
    kind: 'has a damaged key',
    damage: (folder) => inDatabase(folder, "UPDATE settings SET value = 'no key' WHERE name = 'signing-key'"),
    says: /signing key of this controller cannot be read/,
  },
  {
    kind: 'has the key of another controller',
    async damage(folder) {
      const other = new BetterSqlite(database(await stoppedFolder()), { readonly: true })
      const key = other.prepare("SELECT value FROM settings WHERE name = 'signing-key'").pluck().get()
      other.close()
      inDatabase(folder, `UPDATE settings SET value = '${key}' WHERE name = 'signing-key'`)
    },
    says: /signing key in .* was exchanged/,
  },
  {
    kind: 'was written by a newer controller',
    damage: (folder) => inDatabase(folder, 'INSERT INTO schema_version VALUES (999, 1)'),
    says: /written by a newer controller \(schema 999/,
  },
  {
    kind: 'is beside a mark of a newer controller',
    damage: (folder) => writeFileSync(join(folder, MARK), '{"format":2}'),
    says: /written by a newer controller/,
  },
  {
    kind: 'is beside a mark that cannot be read',
    damage: (folder) => writeFileSync(join(folder, MARK), ''),
    says: /controller\.mark, cannot be read/,
  },
  {
    kind: 'holds no tables',
    damage(folder) {
      rmSync(database(folder))
      inDatabase(folder, 'PRAGMA user_version = 1')
    },
    says: /holds no tables/,
  },
]

describe('a controller whose database', () => {
  test.each(kinds)('$kind is not started, and its folder stays as it is', async ({ begin, damage, says }) => {
    const folder = await (begin ?? stoppedFolder)()
    await damage(folder)
    const before = bytesOf(folder)
    const refused = openController({ dataFolder: folder })
    await expect(refused).rejects.toMatchObject({ code: 'wrong-state', message: expect.stringMatching(says) })
    // The way out is named.
    await expect(refused).rejects.toThrow(/restore|--data|remove|newer version/)
    expect(bytesOf(folder)).toEqual(before)
  })

  test('was lost says so in one sentence and exits with 2', async () => {
    const folder = await stoppedFolder()
    rmSync(database(folder))
    const failed = run(process.execPath, [main, '--data', folder, '--port', '0'])
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^The database .* is missing.*\n$/),
    })
  })
})

describe('a controller goes on', () => {
  async function goesOn(folder: string): Promise<Controller> {
    const controller = await openController({ dataFolder: folder })
    const { clientId } = await controller.store.clients.first()
    expect(await controller.store.hosts.ofClient(clientId)).toHaveLength(1)
    return controller
  }

  test('after it was killed, with all that it stored in the log', async () => {
    await goesOn(await killedFolder())
  })

  test('from a copy of its folder', async () => {
    await goesOn(copyOf(await stoppedFolder()))
  })

  test('after it was idle, from a copy of the database file alone', async () => {
    const folder = join(temporaryFolder(), 'data')
    await ingestSome(await openController({ dataFolder: folder }))
    const alone = join(temporaryFolder(), 'data')
    mkdirSync(alone)
    const copied = () => {
      writeFileSync(database(alone), readFileSync(database(folder)))
      const reader = new BetterSqlite(database(alone), { readonly: true })
      try {
        return reader.prepare('SELECT count(*) FROM facts').pluck().get()
      } catch {
        return 0
      } finally {
        reader.close()
        for (const end of ['-wal', '-shm']) rmSync(`${database(alone)}${end}`, { force: true })
      }
    }
    await expect.poll(copied, { interval: 500 }).toBe(20)
    await goesOn(alone)
  })

  test('from a data folder of a version that wrote no mark', async () => {
    const folder = await stoppedFolder()
    rmSync(join(folder, MARK))
    await goesOn(folder)
    expect(markOf(folder)).toMatchObject({ format: 1, facts: 20 })
  })

  test('beside a lock file that holds anything, and still alone', async () => {
    const folder = await stoppedFolder()
    for (const garbage of ['x', 'garbage '.repeat(1000)]) {
      writeFileSync(join(folder, 'controller.lock'), garbage)
      const controller = await goesOn(folder)
      await expect(openController({ dataFolder: folder })).rejects.toThrow('Another controller uses the data folder')
      await controller[Symbol.asyncDispose]()
    }
  })

  test('beside a lock whose file was overwritten only once the other has ended', async () => {
    const folder = await stoppedFolder()
    const controller = await goesOn(folder)
    appendFileSync(join(folder, 'controller.lock'), 'garbage '.repeat(1000))
    await expect(openController({ dataFolder: folder })).rejects.toThrow('Another controller uses the data folder')
    await controller[Symbol.asyncDispose]()
    await goesOn(folder)
  })
})
