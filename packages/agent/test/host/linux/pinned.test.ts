import { chmod, chown, mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linuxFiles } from '../../../src/host/linux/files/index.ts'
import { changeableParent } from '../../../src/host/linux/files/parents.ts'
import { pin } from '../../../src/host/linux/files/pinned.ts'
import { isRoot, temporaryFolder } from '../support.ts'

/** A folder of a user in which our file lies, and a folder of the system that the user would like us to change. */
async function scene() {
  const root = await temporaryFolder()
  const [users, system] = [join(root, 'users'), join(root, 'system')]
  for (const folder of [users, system]) {
    await mkdir(folder)
    await writeFile(join(folder, 'file'), 'x', { mode: 0o600 })
  }
  /** What the owner of the parent folder can do between any two of our steps. */
  const swap = async () => {
    await rename(users, `${users}.aside`)
    await symlink(system, users)
  }
  return { root, path: join(users, 'file'), aside: join(`${users}.aside`, 'file'), victim: join(system, 'file'), swap }
}

describe('a pinned file', () => {
  it('stays the same file when a folder on the way becomes a link', async () => {
    const { path, aside, victim, swap } = await scene()
    await pin(path, async (pinned) => {
      await swap()
      await chmod(pinned.path, 0o644)
    })
    expect((await stat(victim)).mode & 0o777).toBe(0o600)
    expect((await stat(aside)).mode & 0o777).toBe(0o644)
  })

  it.each(['the last part', 'a folder on the way'])('is refused where %s is a link', async (where) => {
    const { path, victim, swap } = await scene()
    if (where === 'the last part') {
      await rename(path, `${path}.aside`)
      await symlink(victim, path)
    } else {
      await swap()
    }
    await expect(pin(path, async () => {})).rejects.toMatchObject({ code: 'wrong-state' })
    const before = await linuxFiles.metadata(victim)
    await expect(linuxFiles.setMtime(path, '1600000000000000000')).rejects.toThrow(/link/)
    await expect(linuxFiles.setMetadata(path, { ...before, mode: 0o666 })).rejects.toThrow(/link/)
    expect(await linuxFiles.metadata(victim)).toEqual(before)
  })
})

describe('the folders on the way to a file', () => {
  it('are all safe where only root and the agent may change them', async () => {
    const { path } = await scene()
    expect(await changeableParent(path)).toBeNull()
  })

  it.each(isRoot ? [0o777, 0o775, 0o757] : [0o777, 0o757])(
    'are not where others may write in one: mode %o',
    async (mode) => {
      const { root, path } = await scene()
      await chmod(root, mode)
      expect(await changeableParent(path)).toBe(root)
    },
  )

  it('are safe in a sticky folder, where nobody can take away what is ours', async () => {
    const { root, path } = await scene()
    await chmod(root, 0o1777)
    expect(await changeableParent(path)).toBeNull()
  })

  it('are not where one is a link', async () => {
    const { path, swap } = await scene()
    await swap()
    expect(await changeableParent(path)).toMatch(/users$/)
  })

  it.runIf(isRoot)('are not where one belongs to a user, or the entry of a sticky folder does', async () => {
    const { root, path } = await scene()
    const users = join(root, 'users')
    await chown(users, 1001, 1001)
    expect(await changeableParent(path)).toBe(users)
    await chmod(root, 0o1777)
    expect(await changeableParent(users)).toBe(root)
  })
})

describe('moving and removing', () => {
  it('never leads over a link that somebody put in the way', async () => {
    const { path, victim, swap } = await scene()
    await swap()
    await expect(linuxFiles.move(path, `${path}.moved`)).rejects.toThrow(/link/)
    await expect(linuxFiles.remove(path)).rejects.toThrow(/link/)
    expect((await stat(victim)).isFile()).toBe(true)
  })

  it('removes a tree with links in it, and nothing that they lead to', async () => {
    const { root, victim } = await scene()
    const tree = join(root, 'tree')
    await mkdir(join(tree, 'deep'), { recursive: true })
    await writeFile(join(tree, 'deep/-rf'), 'x')
    await symlink(join(root, 'system'), join(tree, 'deep/link'))
    await linuxFiles.remove(tree)
    expect(await linuxFiles.exists(tree)).toBe(false)
    expect((await stat(victim)).isFile()).toBe(true)
    await linuxFiles.remove(tree)
    await linuxFiles.remove(join(tree, 'below what is not there'))
  })

  it('removes a link itself, and a name that looks like an option', async () => {
    const { root, victim } = await scene()
    await symlink(victim, join(root, '-link'))
    await linuxFiles.remove(join(root, '-link'))
    expect((await stat(victim)).isFile()).toBe(true)
  })
})

describe('reading', () => {
  it.each(['/dev/zero', '/dev/null', '/'])('never opens what is no file: %s', async (what) => {
    const link = join(await temporaryFolder(), 'link')
    await symlink(what, link)
    await expect(linuxFiles.read(link, 1024)).rejects.toThrow(/is no file/)
  })
})
