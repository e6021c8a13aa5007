import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../scripts/lab/index.ts'
import { addAccount } from './support/accounts.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'

const policy = `policy: 1
actions: [membership.revoke]
accounts: [anna]
groups: [sudo]
probePaths: [/srv/vault]
holdAtMost: 30m
`

const params = { account: 'anna', colleague: 'bela', file: '/srv/vault' }

describeLab('permission-purge', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await startFleet({
      authority: 'own',
      hosts: { server: { labels: { role: 'server' }, policy } },
      scene: async (lab) => {
        const host = lab.host('server')
        for (const name of ['anna', 'bela']) await addAccount(host, { name, password: 'secret', groups: ['sudo'] })
        await addAccount(host, { name: 'carl', password: 'secret' })
        await host.enter(['install', '--directory', '--group=sudo', '--mode=0750', '/srv/vault'])
      },
    })
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  test('passes when somebody else can recover', async () => {
    const { run, differences } = await fleet.run('permission-purge', { params, answers: { 'takes-over': 'yes' } })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(differences).toEqual([])
  })

  test('fails when nobody else can', async () => {
    const { run, differences } = await fleet.run('permission-purge', { params, answers: { 'takes-over': 'no' } })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons).toEqual([expect.stringMatching(/Can somebody else recover\?.* was answered “no”/)])
    expect(differences).toEqual([])
  })

  test('takes sudo away from the administrator alone, and only while it is held', async () => {
    const members = async () => (await fleet.host('server').enter(['getent', 'group', 'sudo'])).stdout.trim()
    expect(await members()).toMatch(/:anna,bela$/)
    let held = ''
    const { run } = await fleet.run('permission-purge', {
      params,
      answers: {
        // The failure is held until the question is answered.
        'takes-over': async () => {
          held = await until('anna is out of sudo', async () => {
            const now = await members()
            return !now.includes('anna') && now
          })
          return 'yes'
        },
      },
    })
    expect(run.outcome).toBe('passed')
    expect(held).toMatch(/:bela$/)
    expect(await members()).toMatch(/:anna,bela$/)
  })

  test('is skipped when the colleague has no access in the first place', async () => {
    const { run, differences } = await fleet.run('permission-purge', { params: { ...params, colleague: 'carl' } })
    expect(run).toMatchObject({ outcome: 'skipped', restoration: 'not applicable' })
    expect(run.reasons.join('\n')).toMatch(/colleague-access failed 3 times in a row on server/)
    expect(differences).toEqual([])
  })

  test('is refused for the last administrator', async () => {
    const host = fleet.host('server')
    await host.exec(['gpasswd', '--delete', 'bela', 'sudo'])
    await expect(fleet.plan('permission-purge', params)).rejects.toThrow(/last administrator/)
    await host.exec(['gpasswd', '--add', 'bela', 'sudo'])
  })
})
