import { execFile } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { permissionRevoke } from '../../../src/actions/permission/revoke.ts'
import { hasAcl, isRoot, manifest } from '../../host/support.ts'
import { inject, stage } from '../support.ts'

const setfacl = (...args: string[]) => promisify(execFile)('setfacl', args)
const permissions = fc.constantFrom('---', 'r--', 'rw-', 'r-x', 'rwx')
const entries = fc.dictionary(
  fc.constantFrom('u:1001', 'u:1002', 'u:1003', 'g:27', 'g:50', 'd:u:1001', 'd:g:50'),
  permissions,
  { maxKeys: 5 },
)
const whose = fc.constantFrom(
  { account: 'anna' },
  { account: 'ben' },
  { group: 'release' },
  { group: 'sudo' },
  { everyone: true },
)

describe.runIf(isRoot && hasAcl)('permission.revoke on any access rules', () => {
  it('gives back exactly what was there, or touches nothing', async () => {
    const { root, context } = await stage({ 'srv/plans/a': 'a' })
    const folder = join(root, 'srv/plans')
    await fc.assert(
      fc.asyncProperty(entries, whose, fc.integer({ min: 0, max: 0o7777 }), async (rules, who, mode) => {
        await setfacl('-b', folder)
        await chmod(folder, mode)
        const spec = Object.entries(rules).map(([key, value]) => `${key}:${value}`)
        if (spec.length > 0) await setfacl('-m', spec.join(','), folder)
        const before = await manifest(root)
        const failure = await inject(permissionRevoke, context, { path: '/srv/plans', ...who }).catch(
          (error: { code: string }) => {
            expect(error.code).toBe('wrong-state')
            return null
          },
        )
        if (failure) {
          expect(await failure.standing()).toBe('after')
          expect((await failure.revert()).restoration).toBe('identical')
          expect(await failure.standing()).toBe('before')
        }
        expect(await manifest(root)).toEqual(before)
      }),
      { numRuns: Number(process.env.CHAOS_LITE_PROPERTY_RUNS ?? 15) },
    )
  })
})
