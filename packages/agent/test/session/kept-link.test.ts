import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Kept } from '../../src/link/index.ts'
import { leaveRest, takeBackRest, takeLastRest } from '../../src/session/kept-link.ts'
import { temporaryFolder } from '../outbox/support.ts'

const link: Kept = {
  hostId: 'h-0123456789abcdef01234567',
  channelId: 'ab'.repeat(16),
  state: 'open',
  session: 'cd'.repeat(32),
  extensions: ['words'],
  seal: { out: { key: 'ab'.repeat(32), count: 3 }, in: { key: 'cd'.repeat(32), count: 4 } },
}
const nothing = { rested: false, link: null }

test.each([
  ['a link', link],
  ['a link that waits for approval', { ...link, state: 'pending', session: null } as const],
  ['no link', null],
])('%s is taken over once, by root alone', async (_, kept) => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'run', 'rest.json')
  await leaveRest(file, kept)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await takeLastRest(file)).toEqual({ rested: true, link: kept })
  expect(await takeLastRest(file)).toEqual(nothing)
})

test('a process that stays after all leaves nothing', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'rest.json')
  await leaveRest(file, link)
  await takeBackRest(file)
  expect(await readdir(folder.path)).toEqual([])
  await takeBackRest(file)
})

test('what another version left is not gone on with', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'rest.json')
  await writeFile(file, JSON.stringify({ format: 1, agentVersion: '0.0.0-other', link }))
  expect(await takeLastRest(file)).toEqual(nothing)
})

test('anything that is not as it was written counts as nothing', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'rest.json')
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
      await writeFile(file, text)
      expect(await takeLastRest(file)).toEqual(nothing)
    }),
    { numRuns: 50 },
  )
})
