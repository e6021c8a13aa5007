import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { accountDisable } from '../../../src/actions/account/disable.ts'
import { manifest } from '../../host/support.ts'
import { accountsOf, inject, prepare, stage } from '../support.ts'

const params = { account: 'anna' }
const before = accountsOf['etc/shadow'].text
const shadow = (root: string) => readFile(join(root, 'etc/shadow'), 'utf8')
const edit = async (root: string, from: string | RegExp, to: string) =>
  writeFile(join(root, 'etc/shadow'), (await shadow(root)).replace(from, to))

describe('account.disable', () => {
  it('locks the password and lets the account expire, and puts the very same file back', async () => {
    const { root, context } = await stage()
    const seen = await manifest(root)
    const failure = await inject(accountDisable, context, params)
    expect(await shadow(root)).toContain('\nanna:!$y$j9T$salt$hash:19000:0:99999:7::1:\nben:$6$salt$other:')
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(seen)
  })

  it('gives a later expiry back as it was', async () => {
    const { root, context } = await stage()
    const failure = await inject(accountDisable, context, { account: 'ben' })
    expect(await shadow(root)).toContain('ben:!$6$salt$other:19000:0:99999:7::1:')
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await shadow(root)).toBe(before)
  })

  it('leaves a password alone that is locked already, and takes the way by key', async () => {
    const { root, context } = await stage()
    const failure = await inject(accountDisable, context, { account: 'robot' })
    expect(await shadow(root)).toContain('robot:!:19000:::::1:')
    expect((await failure.revert()).restoration).toBe('identical')
  })

  it('writes nothing of the password into the undo record, the comparison or the sentences', async () => {
    const { context } = await stage()
    const undo = await prepare(accountDisable, context, params)
    const shown = [undo, accountDisable.explain(params, undo), accountDisable.byHand(undo, '/r')]
    expect(JSON.stringify(shown)).not.toMatch(/salt|hash/)
    await accountDisable.inject(context, params, undo)
    const { compared } = await accountDisable.revert(context, undo)
    expect(JSON.stringify(compared)).not.toMatch(/salt|\$y/)
    expect(compared).toContainEqual({
      ...{ item: 'password of anna', before: 'not locked', now: 'not locked', same: true },
    })
    expect(compared).toContainEqual({ item: 'expiry of anna', before: 'never', now: 'never', same: true })
  })

  it('asks the policy for the account, and is seen by whether PAM lets it in', async () => {
    const { context } = await stage()
    expect(accountDisable.asks(params)).toEqual([{ kind: 'account', value: 'anna' }])
    expect(accountDisable.effect(params, await prepare(accountDisable, context, params))).toEqual({
      ...{ probe: 'account', params: { account: 'anna' }, expect: 'down' },
    })
  })

  it('shows a person how to open it by hand, with the expiry it had', async () => {
    const { context } = await stage()
    const steps = accountDisable.byHand(await prepare(accountDisable, context, { account: 'ben' }), '/r').join('\n')
    expect(steps).toContain('usermod --unlock ben; chage --expiredate 30000 ben')
  })
})

describe('account.disable keeps what somebody else did meanwhile', () => {
  it('a new password of the account: only the expiry goes back', async () => {
    const { root, context } = await stage()
    const failure = await inject(accountDisable, context, params)
    await edit(root, 'anna:!$y$j9T$salt$hash:19000', 'anna:$y$j9T$new$new:20000')
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await shadow(root)).toBe(before.replace('$y$j9T$salt$hash:19000', '$y$j9T$new$new:20000'))
  })

  it('a new password that is locked: it stays locked', async () => {
    const { root, context } = await stage()
    const failure = await inject(accountDisable, context, params)
    await edit(root, '!$y$j9T$salt$hash', '!$y$j9T$new$new')
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await shadow(root)).toBe(before.replace('$y$j9T$salt$hash', '!$y$j9T$new$new'))
  })

  it('another expiry: only the lock goes', async () => {
    const { root, context } = await stage()
    const failure = await inject(accountDisable, context, params)
    await edit(root, '7::1:', '7::25000:')
    const { restoration, compared } = await failure.revert()
    expect(restoration).toBe('ours undone')
    expect(await shadow(root)).toContain('anna:$y$j9T$salt$hash:19000:0:99999:7::25000:\n')
    expect(compared).toContainEqual({ item: 'expiry of anna', before: 'never', now: 'day 25000', same: false })
  })

  it('an account opened again by hand: nothing of ours is left, theirs stays', async () => {
    const { root, context } = await stage()
    const failure = await inject(accountDisable, context, params)
    await edit(root, /anna:.*\n/, 'anna:$y$j9T$salt$hash:19000:0:99999:7::31000:\n')
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await shadow(root)).toContain('7::31000:\n')
  })

  it('an account that was removed: it does not come back', async () => {
    const { root, context } = await stage()
    const failure = await inject(accountDisable, context, params)
    await edit(root, /anna:.*\n/, '')
    const { restoration, compared } = await failure.revert()
    expect(restoration).toBe('ours undone')
    expect(await shadow(root)).not.toContain('anna')
    expect(compared.find(({ item }) => item === 'password of anna')?.now).toBe('no such account')
  })

  it('another account that was added, and a mode that was set', async () => {
    const { root, context } = await stage()
    const failure = await inject(accountDisable, context, params)
    await writeFile(join(root, 'etc/shadow'), `${await shadow(root)}carl:*:1::::::\n`)
    await chmod(join(root, 'etc/shadow'), 0o600)
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await shadow(root)).toBe(`${before}carl:*:1::::::\n`)
  })
})

describe('account.disable refuses in prepare', () => {
  const expired = before.replace('anna:$y$j9T$salt$hash:19000:0:99999:7:::', 'anna:$y$x:19000:0:99999:7::15000:')
  const odd = before.replace('anna:$y$j9T$salt$hash:19000:0:99999:7:::', 'anna:$y$x:19000:0:99999:7::soon:')
  const short = before.replace(/^anna:.*$/m, 'anna:$y$x:19000')
  const passwd = accountsOf['etc/passwd']

  it.each([
    ['an account that does not exist', 'zoe', {}, 'not-there', /no account zoe/],
    ['root', 'root', {}, 'policy-refused', /root is root/],
    ['an account that has expired already', 'anna', { 'etc/shadow': expired }, 'wrong-state', /expired already/],
    ['an expiry that is no number', 'anna', { 'etc/shadow': odd }, 'cannot-restore', /no number of days/],
    ['a line of another form', 'anna', { 'etc/shadow': short }, 'cannot-restore', /of the usual form/],
    ['an account without a line', 'nobody', {}, 'cannot-restore', /of the usual form/],
    [
      'a password that is kept in passwd',
      'anna',
      { 'etc/passwd': passwd.replace('anna:x', 'anna:hash') },
      'cannot-restore',
      /usual form/,
    ],
    [
      'an account of the agent',
      'chaos-lite',
      { 'etc/passwd': `${passwd}chaos-lite:x:990:990::/:/usr/sbin/nologin\n` },
      'policy-refused',
      /account of the agent/,
    ],
  ])('%s', async (_, account, files, code, reason) => {
    const { root, context } = await stage(files)
    const seen = await manifest(root)
    const refused = prepare(accountDisable, context, { account })
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(reason) })
    expect(await manifest(root)).toEqual(seen)
  })

  it('the account that this agent runs as', async () => {
    const { host, context } = await stage()
    const own = { ...context, host: { ...host, accounts: { ...host.accounts, own: 'anna' } } }
    await expect(prepare(accountDisable, own, params)).rejects.toMatchObject({ rule: 'built-in: the agent itself' })
  })

  it.each([
    ['alone in sudo', { 'etc/group': 'sudo:x:27:anna\nanna:x:1001:\n' }],
    ['with a colleague who may not log in', { 'etc/group': 'sudo:x:27:anna,robot\nanna:x:1001:\n' }],
    ['with a colleague who is locked', { 'etc/shadow': before.replace('ben:$6', 'ben:!$6') }],
    ['with a colleague who has expired', { 'etc/shadow': before.replace('::30000:', '::15000:') }],
    [
      'by the primary group',
      { 'etc/passwd': accountsOf['etc/passwd'].replace('1001:1001', '1001:27'), 'etc/group': 'sudo:x:27:\n' },
    ],
  ])('the last administrator, %s', async (_, files) => {
    const { context } = await stage(files)
    await expect(prepare(accountDisable, context, params)).rejects.toMatchObject({
      rule: 'built-in: the last administrator',
    })
  })

  it('an administrator whose only colleague comes from a directory service, which nobody can ask about log-ins', async () => {
    const { context } = await stage({ 'etc/shadow': before.replace(/^ben:.*\n/m, '') })
    await expect(prepare(accountDisable, context, params)).rejects.toThrow('ben: it has no line in the shadow file')
  })
})
