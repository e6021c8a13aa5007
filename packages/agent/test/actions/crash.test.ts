import { describe, expect, it } from 'vitest'
import { accountDisable } from '../../src/actions/account/disable.ts'
import { hostsOverride } from '../../src/actions/hosts/override.ts'
import { membershipRevoke } from '../../src/actions/membership/revoke.ts'
import { permissionRevoke } from '../../src/actions/permission/revoke.ts'
import { dataQuarantine } from '../../src/actions/quarantine/folder.ts'
import { isRoot } from '../host/support.ts'
import { surviveEveryCrash } from './crashes.ts'
import { stage } from './support.ts'

describe('the host is as before, whatever step the inject and the revert die at', () => {
  it('with hosts.override', async () => {
    const params = { entries: [{ name: 'erp.example.test', address: '192.0.2.9' }] }
    const scene = () => stage({ 'etc/hosts': '127.0.0.1 localhost\r\n192.0.2.1 erp.example.test erp' })
    expect(await surviveEveryCrash(hostsOverride, params, scene)).toBeGreaterThan(8)
  })

  it('with membership.revoke', async () => {
    expect(
      await surviveEveryCrash(membershipRevoke, { account: 'anna', group: 'release' }, () => stage()),
    ).toBeGreaterThan(16)
  })

  it('with account.disable', async () => {
    expect(await surviveEveryCrash(accountDisable, { account: 'anna' }, () => stage())).toBeGreaterThan(8)
  })

  it('with data.quarantine', async () => {
    const scene = () => stage({ 'srv/data/a': 'a', 'srv/data/deep/b': 'b' })
    expect(await surviveEveryCrash(dataQuarantine, { folder: '/srv/data' }, scene)).toBeGreaterThan(3)
  })

  it.runIf(isRoot)('with permission.revoke', async () => {
    const scene = () => stage({ 'srv/plans/a': 'a' })
    expect(await surviveEveryCrash(permissionRevoke, { path: '/srv/plans/a', account: 'anna' }, scene)).toBeGreaterThan(
      1,
    )
  })
})
