import { setImmediate as nextTurn } from 'node:timers/promises'
import BetterSqlite from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { GroupCommit } from '../../src/store/sqlite/group-commit.ts'

function setUp() {
  const database = new BetterSqlite(':memory:')
  database.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT')
  const insert = database.prepare('INSERT INTO numbers VALUES (?)')
  const all = () =>
    database
      .prepare<[], { n: number }>('SELECT n FROM numbers ORDER BY n')
      .all()
      .map((row) => row.n)
  let commits = 0
  const group = new GroupCommit(database, async (work) => {
    commits += 1
    work()
  })
  return { database, group, insert, all, commits: () => commits }
}

describe('a group commit', () => {
  test('shares one transaction among all that asked at the same time', async () => {
    // A piece that waits for a processor for long would begin a second transaction.
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { group, insert, all, commits } = setUp()
    const asked = Array.from({ length: 50 }, (_, n) => group.run(() => insert.run(n).changes))
    expect(await Promise.all(asked)).toEqual(asked.map(() => 1))
    expect(all()).toHaveLength(50)
    expect(commits()).toBe(1)
  })

  test('resolves only after the commit', async () => {
    const { database, group, insert } = setUp()
    const inTransaction = await group.run(() => insert.run(1)).then(() => database.inTransaction)
    expect(inTransaction).toBe(false)
  })

  test('undoes a piece that fails alone', async () => {
    const { group, insert, all } = setUp()
    const results = await Promise.allSettled([
      group.run(() => insert.run(1)),
      group.run(() => {
        insert.run(2)
        throw new Error('not this one')
      }),
      group.run(() => insert.run(3)),
    ])
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(all()).toEqual([1, 3])
  })

  test('whatever comes in whichever turn is committed once, in the order in which it was asked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.boolean(), { maxLength: 5 }), { maxLength: 6 }), async (turns) => {
        const { group, insert, all } = setUp()
        const order: number[] = []
        const asked: Promise<unknown>[] = []
        let n = 0
        for (const turn of turns) {
          for (const good of turn) {
            const mine = n
            n += 1
            const work = () => {
              order.push(mine)
              insert.run(mine)
              if (!good) throw new Error('bad')
            }
            asked.push(
              group.run(work).then(
                () => mine,
                () => null,
              ),
            )
          }
          await nextTurn()
        }
        const done = await Promise.all(asked)
        expect(order).toEqual([...order].sort((a, b) => a - b))
        expect(all()).toEqual(done.filter((one) => one !== null))
      }),
      { numRuns: 50 },
    )
  })

  test('waits for its turn while somebody else has the database, and can be drained', async () => {
    const database = new BetterSqlite(':memory:')
    database.exec('CREATE TABLE numbers (n INTEGER)')
    const gate = Promise.withResolvers<void>()
    const group = new GroupCommit(database, (work) => gate.promise.then(work))
    const asked = group.run(() => database.exec('INSERT INTO numbers VALUES (1)'))
    const drained = group.drained()
    expect(await Promise.race([asked.then(() => 'done'), nextTurn('waits')])).toBe('waits')
    gate.resolve()
    await drained
    await asked
  })

  test('a database that is gone refuses everything that waits', async () => {
    const database = new BetterSqlite(':memory:')
    const group = new GroupCommit(database, () => Promise.reject(new Error('closed')))
    await expect(group.run(() => 1)).rejects.toThrow('closed')
    await expect(group.run(() => 2)).rejects.toThrow('closed')
  })
})
