import { describe, expect, it } from 'vitest'
import { refuseProcessesByFacts, refuseProtectedUnits } from '../../../src/actions/guards/refuse.ts'
import { both, type Files, hostWith, keyOnly, sudoers } from '../administrators.ts'
import { stage } from '../support.ts'
import { processOf } from './support.ts'

const directory = {
  ...{ name: 'accounts.service', names: ['accounts.service'], triggeredBy: [], triggers: [], listens: [] },
  programs: ['/usr/sbin/sssd'],
}
const rule = { code: 'policy-refused', rule: 'built-in: the last administrator' }

async function hostOf(files: Files) {
  const { host } = await stage(files, { services: { accounts: {} } })
  return { ...host, guards: { ...host.guards, units: async () => [directory] } }
}

describe('a directory service', () => {
  const view = processOf({ pid: 812, name: 'sssd_be', program: '/usr/libexec/sssd/sssd_be' })

  it('is not stopped where only it knows who administers the host', async () => {
    const host = await hostOf({
      ...hostWith({ alice: keyOnly }, 'admins:x:900:alice'),
      ...sudoers('%domain_admins ALL=(ALL) ALL'),
    })
    await expect(refuseProtectedUnits(host, ['accounts.service'])).rejects.toMatchObject(rule)
    await expect(refuseProcessesByFacts(host, [view])).rejects.toMatchObject(rule)
  })

  it('is stopped like others where somebody stands in the files of the host', async () => {
    const host = await hostOf(both)
    await expect(refuseProtectedUnits(host, ['accounts.service'])).resolves.toBeUndefined()
    await expect(refuseProcessesByFacts(host, [view])).resolves.toBeUndefined()
  })
})
