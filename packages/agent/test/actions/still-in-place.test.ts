import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { accountDisable } from '../../src/actions/account/disable.ts'
import type { Action, ActionContext } from '../../src/actions/action.ts'
import { diskFill } from '../../src/actions/disk/fill.ts'
import { hostsOverride } from '../../src/actions/hosts/override.ts'
import { actions } from '../../src/actions/index.ts'
import { interfaceDown } from '../../src/actions/interface/down.ts'
import { ioLoad } from '../../src/actions/load/io.ts'
import { membershipRevoke } from '../../src/actions/membership/revoke.ts'
import { permissionRevoke } from '../../src/actions/permission/revoke.ts'
import { dataQuarantine } from '../../src/actions/quarantine/folder.ts'
import { serviceStop } from '../../src/actions/service/stop.ts'
import { shareDisconnect } from '../../src/actions/share/disconnect.ts'
import { hasAcl, isRoot } from '../host/support.ts'
import { inject, stage } from './support.ts'

/** The failure, and the question that is asked when somebody else changed the same thing. */
async function failed(action: Action, context: ActionContext, params: unknown) {
  const { undo, standing } = await inject(action, context, params)
  return { standing, stillInPlace: () => action.stillInPlace?.(context, undo) }
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
    const { standing, stillInPlace } = await failed(hostsOverride, context, { entries })
    await edited(root, 'etc/hosts', (text) => `${text}192.0.2.9 printer\n`)
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
    await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n192.0.2.9 printer\n')
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', false])
    await rm(join(root, 'etc/hosts'))
    expect(await stillInPlace()).toBe(false)
  })

  it('a membership stays taken beside other members, and not when it is given back', async () => {
    const { root, context } = await stage()
    const { standing, stillInPlace } = await failed(membershipRevoke, context, { account: 'ben', group: 'release' })
    await edited(root, 'etc/group', (text) => `${text}new:x:1100:\n`)
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
    await edited(root, 'etc/group', (text) => text.replace('release:x:50:', 'release:x:50:ben,'))
    expect(await stillInPlace()).toBe(false)
  })

  it('an account stays closed beside other accounts, and not when it is opened again', async () => {
    const { root, context } = await stage()
    const { standing, stillInPlace } = await failed(accountDisable, context, { account: 'anna' })
    await edited(root, 'etc/shadow', (text) => text.replace('ben:$6$', 'ben:$5$'))
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
    await edited(root, 'etc/shadow', (text) => text.replace(/^anna:.*$/m, 'anna:$y$new:19000:0:99999:7:::'))
    expect(await stillInPlace()).toBe(false)
  })

  it('a service stays down though its socket is started, and not when it runs itself', async () => {
    const services = { cups: { triggeredBy: ['cups.socket'] }, 'cups.socket': { subState: 'listening' } }
    const { host, context } = await stage({}, { services })
    const { standing, stillInPlace } = await failed(serviceStop, context, { service: 'cups' })
    await host.services.start('cups.socket', 1_000)
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
    await host.services.start('cups', 1_000)
    expect(await stillInPlace()).toBe(false)
  })

  it('a folder that was taken away from where it was put aside is not back', async () => {
    const { root, context } = await stage({ 'srv/plans/a.txt': 'a' })
    const { standing, stillInPlace } = await failed(dataQuarantine, context, { folder: '/srv/plans' })
    await rm(join(root, `srv/plans.chaos-lite-${context.recordId}`), { recursive: true })
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
  })

  it.runIf(isRoot && hasAcl)('access stays taken beside rules of theirs, and not when ours is undone', async () => {
    const { root, context } = await stage({ 'srv/plans/a.txt': { text: 'a', mode: 0o644 } })
    const path = '/srv/plans/a.txt'
    const setfacl = (entry: string) => promisify(execFile)('setfacl', ['-m', entry, join(root, path)])
    const { standing, stillInPlace } = await failed(permissionRevoke, context, { path, account: 'anna' })
    await setfacl('u:1003:r')
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
    await setfacl('u:1001:r')
    expect(await stillInPlace()).toBe(false)
    await rm(join(root, path))
    expect(await stillInPlace()).toBe(false)
  })

  it('an interface stays off while it is gone or its name stands for one that is off, and not when one is on', async () => {
    const lan = { name: 'lan1', addresses: ['inet 203.0.113.1/24 scope global'], leadsTo: ['203.0.113.9'] }
    const office = { name: 'eth0', addresses: ['inet 10.0.0.7/24 scope global'], leadsTo: ['10.0.0.1'] }
    const { host, context } = await stage({}, { interfaces: [office, lan] })
    const params = { interface: 'lan1', reaches: { host: '203.0.113.9', port: 9100 } }
    const { standing, stillInPlace } = await failed(interfaceDown, context, params)
    host.network.set('lan1', { index: 99 })
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
    host.network.set('lan1', { index: 99, up: true })
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', false])
    host.network.set('lan1', null)
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
  })

  it('a share stays away while another one lies in its place, and not when it is mounted in another way', async () => {
    const point = '/mnt/plans'
    const share = { point, source: '//files/plans', kind: 'cifs', options: 'rw', root: '/', superOptions: 'rw' }
    const disk = { ...share, point: '/', source: '/dev/sda1', kind: 'ext4' }
    const { host, context } = await stage(
      { 'mnt/plans/wing.pdf': 'wing' },
      { mounts: () => [disk, share], mountOrders: [{ point, source: '//files/plans', kind: 'cifs', options: 'rw' }] },
    )
    const { standing, stillInPlace } = await failed(shareDisconnect, context, {
      share: point,
      file: `${point}/wing.pdf`,
    })
    const other = { ...share, source: '//files/other' }
    host.mounts.set(() => [disk, other])
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', true])
    host.mounts.set(() => [disk, other, { ...share, options: 'ro' }])
    expect([await standing(), await stillInPlace()]).toEqual(['conflict', false])
  })
})

describe('every action of the menu', () => {
  it('says whether its failure lasts beside a change of somebody else, unless it knows no such change', () => {
    // A process of ours is there or not, and so is a restart that is on its way: nothing lies beside them.
    const without = actions.filter(({ stillInPlace }) => stillInPlace === undefined).map(({ name }) => name)
    expect(without.sort()).toEqual(['cpu.load', 'host.restart', 'memory.fill'])
  })

  it.each([diskFill, ioLoad])('$name is lost where only a trace of it is left', async ({ stillInPlace }) => {
    expect(await stillInPlace?.({} as ActionContext, {})).toBe(false)
  })
})
