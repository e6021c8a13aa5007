import { mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { borgRepository, CANARY, canary, liveFolder, resticRepository, restore, tool } from './support.ts'

/** The live folder lies elsewhere, and its name is a link: a backup tool that is given the name stores the link alone. */
async function linkedFolder() {
  const { base, live } = await liveFolder()
  await rename(live, `${live}.real`)
  await symlink(`${live}.real`, live)
  return { base, live }
}

it.each([
  ['borg', borgRepository, /holds a link in the place of .*, and not what the link leads to/],
  ['restic', resticRepository, /restic restore failed on .*: file exists/],
])('a %s backup that holds nothing but a link to the live folder does not pass', async (_driver, backUp, reason) => {
  const { base, live } = await linkedFolder()
  const result = await restore(await backUp(base, live))
  expect(result).toMatchObject({ ok: false, items: 0, canary: 'not planted' })
  expect(result.reason).toMatch(reason)
})

it('a canary behind a link that came back has not come back itself', async () => {
  const { base, live } = await liveFolder()
  const elsewhere = join(base, 'elsewhere')
  await mkdir(elsewhere)
  await writeFile(join(elsewhere, '.canary'), CANARY)
  await symlink(elsewhere, join(live, 'mail'))
  const location = join(base, 'copy')
  await tool('cp', ['-a', live, location])
  const planted = { ...canary, file: 'mail/.canary' }
  const repository = { driver: 'folder', location, compareWith: live, canary: planted } as const
  expect(await restore(repository)).toMatchObject({ ok: false, canary: 'missing' })
  // A link that stays inside is what the live folder has as well.
  await unlink(join(location, 'mail'))
  await unlink(join(live, 'mail'))
  for (const folder of [location, live]) await symlink('.', join(folder, 'mail'))
  expect(await restore(repository)).toMatchObject({ ok: true, canary: 'returned' })
})
