import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { accountDisable } from '../../src/actions/account/disable.ts'
import type { Action, ActionContext } from '../../src/actions/action.ts'
import { hostsOverride } from '../../src/actions/hosts/override.ts'
import { membershipRevoke } from '../../src/actions/membership/revoke.ts'
import { permissionRevoke } from '../../src/actions/permission/revoke.ts'
import { dataQuarantine } from '../../src/actions/quarantine/folder.ts'
import { serviceStop } from '../../src/actions/service/stop.ts'
import { hasAcl, isRoot } from '../host/support.ts'
import { inject, stage } from './support.ts'

/** The failure, and the question that is asked when somebody else changed the same thing. */
async function failed(action: Action, context: ActionContext, params: unknown) {
  const { undo, standing } = await inject(action, context, params)
  return { standing, lasts: () => action.lasts?.(context, undo) }
}

/** Changes a file as an editor would. */
async function edited(root: string, path: string, change: (text: string) => string): Promise<void> {
  const at = join(root, path)
  await writeFile(at, change(await readFile(at, 'utf8')))
}

describe('when somebody else changes the same thing during the hold', () => {
  it('our names in the hosts file last beside lines of theirs, and not without our block, or without the file', async () => {
    const { root, context } = await stage({ 'etc/hosts': '127.0.0.1 localhost\n' })
    const entries = [{ name: 'erp.example.test', address: '192.0.2.7' }]
    const { standing, lasts } = await failed(hostsOverride, context, { entries })
    await edited(root, 'etc/hosts', (text) => `${text}192.0.2.9 printer\n`)
    expect([await standing(), await lasts()]).toEqual(['conflict', true])
    await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n192.0.2.9 printer\n')
    expect([await standing(), await lasts()]).toEqual(['conflict', false])
    await rm(join(root, 'etc/hosts'))
    expect(await lasts()).toBe(false)
  })

  it('a membership stays taken beside other members, and not when it is given back', async () => {
    const { root, context } = await stage()
    const { standing, lasts } = await failed(membershipRevoke, context, { account: 'ben', group: 'release' })
    await edited(root, 'etc/group', (text) => `${text}new:x:1100:\n`)
    expect([await standing(), await lasts()]).toEqual(['conflict', true])
    await edited(root, 'etc/group', (text) => text.replace('release:x:50:', 'release:x:50:ben,'))
    expect(await lasts()).toBe(false)
  })

  it('an account stays closed beside other accounts, and not when it is opened again', async () => {
    const { root, context } = await stage()
    const { standing, lasts } = await failed(accountDisable, context, { account: 'anna' })
    await edited(root, 'etc/shadow', (text) => text.replace('ben:$6$', 'ben:$5$'))
    expect([await standing(), await lasts()]).toEqual(['conflict', true])
    await edited(root, 'etc/shadow', (text) => text.replace(/^anna:.*$/m, 'anna:$y$new:19000:0:99999:7:::'))
    expect(await lasts()).toBe(false)
  })

  it('a service stays down though its socket is started, and not when it runs itself', async () => {
    const services = { cups: { triggeredBy: ['cups.socket'] }, 'cups.socket': { subState: 'listening' } }
    const { host, context } = await stage({}, { services })
    const { standing, lasts } = await failed(serviceStop, context, { service: 'cups' })
    await host.services.start('cups.socket', 1_000)
    expect([await standing(), await lasts()]).toEqual(['conflict', true])
    await host.services.start('cups', 1_000)
    expect(await lasts()).toBe(false)
  })

  it('a folder that was taken away from where it was put aside is not back', async () => {
    const { root, context } = await stage({ 'srv/plans/a.txt': 'a' })
    const { standing, lasts } = await failed(dataQuarantine, context, { folder: '/srv/plans' })
    await rm(join(root, `srv/plans.chaos-lite-${context.recordId}`), { recursive: true })
    expect([await standing(), await lasts()]).toEqual(['conflict', true])
  })

  it.runIf(isRoot && hasAcl)('access stays taken beside rules of theirs, and not when ours is undone', async () => {
    const { root, context } = await stage({ 'srv/plans/a.txt': { text: 'a', mode: 0o644 } })
    const path = '/srv/plans/a.txt'
    const setfacl = (entry: string) => promisify(execFile)('setfacl', ['-m', entry, join(root, path)])
    const { standing, lasts } = await failed(permissionRevoke, context, { path, account: 'anna' })
    await setfacl('u:1003:r')
    expect([await standing(), await lasts()]).toEqual(['conflict', true])
    await setfacl('u:1001:r')
    expect(await lasts()).toBe(false)
    await rm(join(root, path))
    expect(await lasts()).toBe(false)
  })
})
