import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  promises,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openJournal } from '../../src/journal/file-journal.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { headWith, RECORD } from '../fixtures/heads.ts'

let root: string
let folder: string
let journal: Journal

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chaos-lite-journal-'))
  folder = join(root, 'state', 'journal')
  journal = openJournal(folder)
})

async function commit(recordId = RECORD) {
  const stage = await journal.stage(recordId)
  return stage.commit(headWith({ recordId }), 'How to roll back by hand\n')
}

describe('a record', () => {
  test('is read back exactly as it was committed', async () => {
    const written = await commit()
    expect(await journal.read(RECORD)).toEqual(written)
    expect(written.state).toBe('armed')
    expect(written.head).toEqual(headWith())
  })

  test('carries a page for people in the same folder', async () => {
    const { folder: place } = await commit()
    expect(readFileSync(join(place, 'UNDO.txt'), 'utf8')).toContain('How to roll back by hand')
  })

  test('is private to the administrator', async () => {
    const { folder: place } = await commit()
    expect(statSync(place).mode & 0o077).toBe(0)
    expect(statSync(join(place, 'head.json')).mode & 0o077).toBe(0)
  })

  test('does not exist while it is only staged', async () => {
    const stage = await journal.stage(RECORD)
    writeFileSync(join(stage.folder, 'image'), 'bytes')
    expect(await journal.list()).toEqual({ records: [], unreadable: [] })
    expect(await journal.read(RECORD)).toBeNull()
  })

  test('keeps the before-images that prepare laid beside it, and checks them', async () => {
    const stage = await journal.stage(RECORD)
    mkdirSync(join(stage.folder, 'images'))
    writeFileSync(join(stage.folder, 'images', 'hosts'), 'saved')
    const { folder: place } = await stage.commit(headWith(), '')
    expect((await journal.list()).records).toHaveLength(1)
    writeFileSync(join(place, 'images', 'hosts'), 'Saved')
    expect((await journal.list()).unreadable[0]?.reason).toContain('does not match its digest')
  })

  test('takes every mark without needing more room', async () => {
    const { folder: place } = await commit()
    const size = statSync(join(place, 'progress.jsonl')).size
    for (const state of ['injecting', 'injected', 'reverting'] as const) {
      await journal.mark(RECORD, state)
      expect((await journal.read(RECORD))?.state).toBe(state)
    }
    expect(statSync(join(place, 'progress.jsonl')).size).toBe(size)
  })

  test('keeps room for `reverted` however often it was stuck', async () => {
    const { folder: place } = await commit()
    for (let round = 0; round < 40; round += 1) {
      await journal.mark(RECORD, 'reverting')
      await journal.mark(RECORD, 'stuck', `reason ${round}`)
    }
    expect(['reverting', 'stuck']).toContain((await journal.read(RECORD))?.state)
    await journal.mark(RECORD, 'reverted')
    expect((await journal.read(RECORD))?.state).toBe('reverted')
    expect(statSync(join(place, 'progress.jsonl')).size).toBe(16 * 1024)
  })

  test('remembers why it is stuck, in one printable line', async () => {
    await commit()
    await journal.mark(RECORD, 'stuck', 'the disk\nsaid \u202Eno')
    expect((await journal.read(RECORD))?.stuckReason).toBe('the disk said no')
  })

  test('remembers that it is stuck even when the reason is far too long', async () => {
    await commit()
    await journal.mark(RECORD, 'stuck', '漢'.repeat(5_000))
    expect((await journal.read(RECORD))?.state).toBe('stuck')
  })

  test('leaves when it is closed, and can be looked up in the archive', async () => {
    await commit()
    await journal.mark(RECORD, 'reverted')
    await journal.close(RECORD)
    expect(readdirSync(folder)).toEqual([])
    expect(existsSync(join(`${folder}-done`, RECORD, 'head.json'))).toBe(true)
  })

  test('can be closed twice', async () => {
    await commit()
    await journal.close(RECORD)
    await journal.close(RECORD)
    expect(await journal.list()).toEqual({ records: [], unreadable: [] })
  })
})

describe('the journal', () => {
  test('lists the newest record first', async () => {
    const ids = ['01J0000000000000000000000A', '01J0000000000000000000000B', '01J0000000000000000000000C']
    for (const id of ids) await commit(id)
    const { records } = await journal.list()
    expect(records.map((record) => record.head.recordId)).toEqual(ids.toReversed())
  })

  test('names a folder that it does not know instead of passing it over', async () => {
    await commit()
    mkdirSync(join(folder, 'something-else'))
    const listing = await journal.list()
    expect(listing.records).toHaveLength(1)
    expect(listing.unreadable[0]?.path).toBe(join(folder, 'something-else'))
  })

  test('lists the readable records beside an unreadable one', async () => {
    await commit('01J0000000000000000000000A')
    const { folder: place } = await commit('01J0000000000000000000000B')
    writeFileSync(join(place, 'head.json'), '')
    const listing = await journal.list()
    expect(listing.records.map((record) => record.head.recordId)).toEqual(['01J0000000000000000000000A'])
    expect(listing.unreadable).toHaveLength(1)
    expect(existsSync(place)).toBe(true)
  })

  test('is unreadable, not empty, when a record lost its head', async () => {
    const { folder: place } = await commit()
    rmSync(join(place, 'head.json'))
    expect((await journal.list()).unreadable).toHaveLength(1)
  })

  test('is unreadable, not empty, when a file lies in its place', async () => {
    mkdirSync(join(root, 'state'), { recursive: true })
    writeFileSync(folder, '')
    expect((await journal.list()).unreadable).toHaveLength(1)
  })

  test('refuses a record that belongs to another folder', async () => {
    const { folder: place } = await commit('01J0000000000000000000000A')
    const { folder: other } = await commit('01J0000000000000000000000B')
    writeFileSync(join(other, 'head.json'), readFileSync(join(place, 'head.json')))
    expect((await journal.list()).unreadable[0]?.reason).toContain('belongs to another record')
  })

  test('does not take the progress of another record for its own', async () => {
    const { folder: place } = await commit('01J0000000000000000000000A')
    const { folder: other } = await commit('01J0000000000000000000000B')
    await journal.mark('01J0000000000000000000000A', 'reverted')
    writeFileSync(join(other, 'progress.jsonl'), readFileSync(join(place, 'progress.jsonl')))
    expect((await journal.read('01J0000000000000000000000B'))?.state).toBe('injecting')
  })

  test('sweeps stages that never became records and finishes closed ones, and leaves the others', async () => {
    await journal.stage('01J0000000000000000000000A')
    await commit('01J0000000000000000000000B')
    await commit('01J0000000000000000000000C')
    await journal.mark('01J0000000000000000000000B', 'reverted')
    await journal.sweep()
    expect(readdirSync(folder)).toEqual(['01J0000000000000000000000C'])
  })

  test('keeps a bounded number of finished records', async () => {
    for (let n = 10; n < 40; n += 1) {
      const id = `01J000000000000000000000${n}`
      await commit(id)
      await journal.close(id)
    }
    const kept = readdirSync(`${folder}-done`)
    expect(kept).toHaveLength(20)
    expect(kept.at(-1)).toBe('01J00000000000000000000039')
  })

  test('closes although the room kept for a revert cannot be given back', async () => {
    const { folder: place } = await commit()
    rmSync(join(place, 'reserve'))
    mkdirSync(join(place, 'reserve'))
    await journal.mark(RECORD, 'reverted', 'identical')
    await journal.close(RECORD)
    expect(await journal.list()).toEqual({ records: [], unreadable: [] })
    expect(await journal.ended(RECORD)).toBe('identical')
  })

  test('leaves no half of a record where there can be no archive and little can be removed', async () => {
    const { folder: place } = await commit()
    writeFileSync(`${folder}-done`, 'no folder')
    const remove = vi.spyOn(promises, 'rm').mockImplementation(async () => {
      rmSync(join(`${place}.new`, 'head.json'))
      throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
    })
    syncBuiltinESMExports()
    await journal.close(RECORD).finally(() => {
      remove.mockRestore()
      syncBuiltinESMExports()
    })
    expect(existsSync(join(`${place}.new`, 'head.json'))).toBe(false)
    expect(await journal.list()).toEqual({ records: [], unreadable: [] })
    await journal.sweep()
    expect(readdirSync(folder)).toEqual([])
  })

  test('sweeps what it can although something cannot be removed', async () => {
    await commit()
    await journal.mark(RECORD, 'reverted', 'identical')
    await journal.stage('01J00000000000000000000000')
    const remove = vi.spyOn(promises, 'rm').mockRejectedValue(new Error('EIO: i/o error'))
    syncBuiltinESMExports()
    const swept = journal.sweep().finally(() => {
      remove.mockRestore()
      syncBuiltinESMExports()
    })
    await expect(swept).rejects.toThrow('EIO')
    expect(readdirSync(folder)).toEqual(['01J00000000000000000000000.new'])
    expect(await journal.ended(RECORD)).toBe('identical')
  })

  test('knows how a finished record ended, reported or not, and of no other', async () => {
    await commit()
    expect(await journal.ended(RECORD)).toBeNull()
    await journal.mark(RECORD, 'reverted', 'ours undone')
    await journal.close(RECORD)
    expect(await journal.ended(RECORD)).toBe('ours undone')
    await journal.markReported(RECORD)
    expect(await journal.ended(RECORD)).toBe('ours undone')
  })

  test('knows which finished records were not reported, and how they ended', async () => {
    const ids = { reported: '01J0000000000000000000000A', unreported: '01J0000000000000000000000B' }
    for (const id of Object.values(ids)) {
      await commit(id)
      await journal.mark(id, 'reverted', 'identical')
      await journal.close(id)
    }
    await journal.markReported(ids.reported)
    expect(await journal.unreported()).toMatchObject([{ head: { recordId: ids.unreported }, note: 'identical' }])
    await journal.markReported(ids.unreported)
    expect(await journal.unreported()).toEqual([])
    await journal.markReported(ids.unreported)
  })

  test('calls a finished record unreported whose last mark could not be written', async () => {
    await commit()
    await journal.close(RECORD)
    expect(await journal.unreported()).toMatchObject([{ note: null }])
  })

  test('leaves alone what an older version finished: that reported it at once', async () => {
    await commit()
    await journal.mark(RECORD, 'reverted')
    await journal.close(RECORD)
    expect(await journal.unreported()).toEqual([])
  })

  test('says that there is no room, and leaves nothing behind, when the stage cannot be written', async () => {
    const stage = await journal.stage(RECORD)
    mkdirSync(join(stage.folder, 'head.json'))
    await expect(stage.commit(headWith(), '')).rejects.toMatchObject({ code: 'journal-full' })
    expect(readdirSync(folder)).toEqual([])
  })
})
