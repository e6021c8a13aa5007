import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { linuxFiles } from '../../src/host/linux/files/index.ts'
import { filesUnder } from '../../src/host/simulated/files.ts'
import { filesContract } from './files.contract.ts'
import { plant, temporaryFolder } from './support.ts'

filesContract('Linux', async () => {
  const root = await temporaryFolder()
  return { files: linuxFiles, root, given: root }
})

filesContract('a simulated host', async () => {
  const root = await temporaryFolder()
  return { files: filesUnder(root), root, given: '/' }
})

it('a simulated host follows no link out of its folder', async () => {
  const root = await temporaryFolder()
  await plant(root, { 'etc/hosts': '' })
  await symlink('/etc/passwd', join(root, 'etc/out'))
  await expect(filesUnder(root).resolve('/etc/out')).rejects.toMatchObject({ code: 'cannot-restore' })
})
