import { afterAll, beforeAll, expect, test } from 'vitest'
import { addAccount, canLogIn } from './support/accounts.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { agentCommand } from './support/install.ts'
import { beginRehearsal, killRehearsal, putBack, rehearse } from './support/rehearsal.ts'
import { thoroughly } from './support/thoroughly.ts'

const policy = `policy: 1
actions: [account.disable]
accounts: [anna, bela, root]
credentials: [account, colleague, guest]
holdAtMost: 30m
`

const credentials = ['account: anna', 'colleague: bela', 'guest: carl']
  .map((pair) => pair.split(': '))
  .map(([name, account]) => `${name}: { driver: pam, account: ${account}, password: secret }\n`)
  .join('')

const params = { account: 'anna' }
/** What other tests show of other actions as well is left out of the everyday run. */

describeLab('account-locked-out', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: { server: { labels: { role: 'server' }, policy, credentials } },
      disk: 'ext4',
      scene: async (lab) => {
        const host = lab.host('server')
        for (const name of ['anna', 'bela']) await addAccount(host, { name, password: 'secret', groups: ['sudo'] })
        await addAccount(host, { name: 'carl', password: 'another' })
      },
    })
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  const isOpen = () => canLogIn(fleet.host('server'), 'anna', 'secret')
  /** One phase of PAM alone. */
  const passes = async (phase: string) =>
    (await fleet.host('server').exec(['pamtester', 'login', 'anna', phase], { input: 'secret\n', check: false }))
      .code === 0

  test('passes when somebody else can take over; meanwhile neither phase of a log-in lets the account in', async () => {
    let held = { authenticate: true, acct_mgmt: true }
    const { run, differences } = await fleet.run('account-locked-out', {
      params,
      answers: {
        'takes-over': async () => {
          held = { authenticate: await passes('authenticate'), acct_mgmt: await passes('acct_mgmt') }
          return 'yes'
        },
      },
    })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(differences).toEqual([])
    expect(held).toEqual({ authenticate: false, acct_mgmt: false })
    expect(await isOpen()).toBe(true)
  })

  test('fails when nobody else can', async () => {
    const { run, differences } = await fleet.run('account-locked-out', { params, answers: { 'takes-over': 'no' } })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons).toEqual([expect.stringMatching(/anna is locked out.* was answered “no”/)])
    expect(differences).toEqual([])
  })

  test('is skipped when the colleague cannot log in in the first place', async () => {
    const { run, differences } = await fleet.run('account-locked-out', { params: { ...params, colleague: 'guest' } })
    expect(run).toMatchObject({ outcome: 'skipped', restoration: 'not applicable' })
    expect(run.reasons.join('\n')).toMatch(/colleague-log-in failed 3 times in a row on server/)
    expect(differences).toEqual([])
  })

  test('is refused for the last administrator and for root, whatever the policy says', async () => {
    const host = fleet.host('server')
    await host.exec(['usermod', '--lock', 'bela'])
    await expect(fleet.plan('account-locked-out', params)).rejects.toThrow(/last administrator/)
    await host.exec(['usermod', '--unlock', 'bela'])
    await expect(fleet.plan('account-locked-out', { account: 'root' })).rejects.toThrow(/root is root/)
  })

  test('a rehearsal is confirmed by the account phase and leaves the host as it was', async () => {
    const host = fleet.host('server')
    const before = await fleet.manifests()
    expect(await rehearse(host, 'account.disable', params)).toMatchObject({
      ...{ exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
    })
    expect(await fleet.differences(before)).toEqual([])
  })

  test('kill -9 while the account is locked: the safety net opens it again', async () => {
    const host = fleet.host('server')
    const before = await fleet.manifests()
    await beginRehearsal(host, 'account.disable', params)
    await killRehearsal(host)
    expect(await isOpen()).toBe(false)
    expect((await agentCommand(host, ['revert', '--all'])).code).toBe(0)
    await putBack(host)
    expect(await fleet.differences(before)).toEqual([])
  })

  thoroughly('a power cut while the account is locked: it is open again after the boot', async () => {
    const host = fleet.host('server')
    await host.sync()
    const before = await fleet.manifests()
    await beginRehearsal(host, 'account.disable', params)
    await host.powerCut()
    expect(await host.boot()).toBe('running')
    await putBack(host)
    expect(await fleet.differences(before)).toEqual([])
    expect(await isOpen()).toBe(true)
  })

  test('a password that is changed meanwhile stays changed, and the account is open', async () => {
    const host = fleet.host('server')
    await beginRehearsal(host, 'account.disable', params)
    await host.exec(['chpasswd'], { input: 'anna:changed\n' })
    const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
    expect(stdout).toContain('ours undone')
    expect(await canLogIn(host, 'anna', 'changed')).toBe(true)
    await host.exec(['chpasswd'], { input: 'anna:secret\n' })
  })
})
