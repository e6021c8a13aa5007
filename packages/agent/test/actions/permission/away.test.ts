import { chown, link } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { permissionRevoke } from '../../../src/actions/permission/revoke.ts'
import type { Stamp } from '../../../src/host/host.ts'
import { hasAcl, isRoot, renumbered } from '../../host/support.ts'
import { inject, stage } from '../support.ts'

const path = '/srv/plans/a.txt'

describe.runIf(isRoot && hasAcl)('permission.revoke, while the file system of the file is not mounted', () => {
  /** What the empty mount point shows instead: nothing, or something that lies there by chance. */
  async function unmounted(there: (real: Stamp) => Stamp | null) {
    const made = await stage({ 'srv/plans/a.txt': { text: 'a', mode: 0o640 } })
    await chown(join(made.root, path), 1002, 50)
    const failure = await inject(permissionRevoke, made.context, { path, account: 'anna' })
    const { files } = made.host
    const stamp = async (at: string) => {
      const real = await files.stamp(at)
      if (real === null || !at.startsWith('/srv/plans')) return real && { ...real, dev: '999' }
      return there(real)
    }
    const exists = async (at: string) => (await stamp(at)) !== null
    return { failure, context: made.through({ ...files, stamp, exists }), mounted: made.context }
  }

  it.each([
    ['nothing is there', () => null],
    ['another file is there', (real: Stamp) => ({ ...real, dev: '999', inode: '12345' })],
  ])('the record stays open, and the file gets its rules back once it is: %s', async (_, there) => {
    const { failure, context, mounted } = await unmounted(there)
    expect(await permissionRevoke.verify(context, failure.undo)).toBe('unclear')
    await expect(permissionRevoke.revert(context, failure.undo)).rejects.toMatchObject({ code: 'cannot-restore' })
    expect(await permissionRevoke.revert(mounted, failure.undo)).toMatchObject({ restoration: 'identical' })
  })

  it('the very same file on a device with another number is rolled back', async () => {
    const { failure, context } = await unmounted((real) => ({ ...real, dev: '999' }))
    expect(await permissionRevoke.verify(context, failure.undo)).toBe('after')
  })

  it('… also one with a second name, which a stranger could have put there otherwise', async () => {
    const made = await stage({ 'srv/plans/a.txt': { text: 'a', mode: 0o640 } })
    await chown(join(made.root, path), 1002, 50)
    await link(join(made.root, path), join(made.root, 'srv/plans/b.txt'))
    const failure = await inject(permissionRevoke, made.context, { path, account: 'anna' })
    const anew = made.through(renumbered(made.host.files))
    expect(await permissionRevoke.revert(anew, failure.undo)).toMatchObject({ restoration: 'identical', kept: [] })
  })
})
