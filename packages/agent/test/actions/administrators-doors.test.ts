import { link } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { refuseAdministratorsKeys, refuseLastAdministrator } from '../../src/actions/last-administrator.ts'
import {
  asked,
  disable,
  type Files,
  good,
  hostWith,
  key,
  keyOnly,
  keysOnly,
  leave,
  refused,
  scene,
  ssh,
  sudoers,
} from './administrators.ts'

const trusted = sudoers('%sudo ALL=(ALL) NOPASSWD: ALL')
const keysOf = (alice: string, bob: string): Files => ({
  'home/alice/.ssh/authorized_keys': alice,
  'home/bob/.ssh/authorized_keys': bob,
})
const keyPeople = (more: Files): Files => ({
  ...hostWith({ alice: keyOnly, bob: keyOnly }, 'sudo:x:27:alice,bob', more),
  ...trusted,
})

describe('a key that opens no session', () => {
  const cloud =
    'no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command="echo \\"Please log in as alice\\";echo;sleep 10;exit 142" '
  it.each([
    ['is made for one command, as a cloud writes it for root', cloud + key],
    ['is made for one command, among others', `restrict,COMMAND="/usr/bin/backup, --all" ${key}`],
    ['stands in a command', `command="echo ${key.trim()}" ssh-dss AAAAB3Nza x\n`],
    ['is over', `expiry-time="20200101" ${key}`],
    ['is of a kind that no server takes any more', 'ssh-dss AAAAB3NzaC1kc3MAAACB bob@desk\n'],
    ['signs the keys of others', `cert-authority ${key}`],
  ])('does not count: one that %s', async (_, bob) => {
    const answer = asked(await scene(keyPeople(keysOf(key, bob)), ssh(keysOnly)), disable('alice'))
    await expect(answer).rejects.toMatchObject(refused)
  })

  it.each([
    ['has other options', `from="10.0.0.0/8,*.example.test",no-pty,environment="A=command=\\"x" ${key}`],
    ['stands below a comment and one for a command', `# keys\n\n${cloud}${key}  ${key}`],
    ['is over in a hundred years', `expiry-time="21250101" ${key}`],
  ])('counts: one that %s', async (_, bob) => {
    await expect(
      asked(await scene(keyPeople(keysOf(key, bob)), ssh(keysOnly)), disable('alice')),
    ).resolves.toBeDefined()
  })

  it('makes no root that could help', async () => {
    const alone = hostWith({ alice: `!${good}` }, 'sudo:x:27:alice', { 'root/.ssh/authorized_keys': cloud + key })
    const settings = ssh(keysOnly.replace('permitrootlogin no', 'permitrootlogin without-password'))
    await expect(asked(await scene(alone, settings), leave('alice'))).rejects.toThrow(/root cannot log in either/)
  })
})

describe('the keys of an administrator', () => {
  const disk = {
    point: '/',
    source: '/dev/sda1',
    kind: 'ext4',
    options: 'rw',
    superOptions: 'rw',
    root: '/',
    device: '8:1',
  }
  const homes = { ...disk, point: '/home', root: '/srv/homes' }
  const bound = { mounts: [disk, homes] }
  const twice = keyPeople({ ...keysOf(key, key), 'srv/homes/alice/.ssh/authorized_keys': key })
  const refuseOn = async (path: string, files = twice) =>
    refuseAdministratorsKeys((await scene(files, ssh(keysOnly), bound)).host, path)

  it('are kept by whatever bind mount they are reached', async () => {
    await expect(refuseOn('/srv/homes/alice/.ssh')).rejects.toThrow(/keys of the administrator alice/)
    await expect(refuseOn('/srv/homes/alice/.ssh/authorized_keys')).rejects.toMatchObject(refused)
    await expect(refuseOn('/srv/homes/alice/work')).resolves.toBeUndefined()
    const held = [{ kind: 'path' as const, path: '/srv/homes/bob' }]
    const context = { ...(await scene(twice, ssh(keysOnly), bound)), held }
    await expect(refuseLastAdministrator(context, [{ kind: 'path', path: '/home/alice' }])).rejects.toMatchObject(
      refused,
    )
    const one = [{ kind: 'path' as const, path: '/srv/homes/alice' }]
    await expect(refuseLastAdministrator({ ...context, held: [] }, one)).resolves.toBeUndefined()
    await expect(refuseLastAdministrator(context, one)).rejects.toMatchObject(refused)
  })

  it('are kept under their second names, too', async () => {
    const context = await scene({ ...twice, 'srv/www/a': 'x' }, ssh(keysOnly))
    const at = (path: string) => join(context.root, path)
    await link(at('home/alice/.ssh/authorized_keys'), at('srv/www/keys'))
    await link(at('srv/www/a'), at('srv/www/b'))
    await expect(refuseAdministratorsKeys(context.host, '/srv/www/keys')).rejects.toThrow(/alice/)
    await expect(refuseAdministratorsKeys(context.host, '/srv/www/b')).resolves.toBeUndefined()
  })
})

describe('the rules of SSH', () => {
  const people = (more: Files = keysOf(key, key)): Files => ({
    ...hostWith({ alice: good, bob: good }, 'sudo:x:27:alice,bob', more),
    ...trusted,
  })
  const bobBySsh = /no administrator who can log in over SSH/

  it.each([
    ['a key and a password, without a key', 'authenticationmethods publickey,password', 'yes', keysOf(key, '')],
    ['a key and an answer, without a password', 'authenticationmethods publickey,keyboard-interactive:pam', 'no', {}],
    ['another program than a shell', 'forcecommand internal-sftp', 'yes', keysOf(key, key)],
  ] as const)('ask for %s', async (_, rule, passwords, more) => {
    const words = keysOnly.replace('passwordauthentication no', `passwordauthentication ${passwords}`)
    const context = await scene(people({ ...keysOf(key, key), ...more }), {
      sshd: async (name) => (await ssh(`${words}\n${name === 'bob' ? rule : ''}`).sshd?.(name)) ?? null,
    })
    const answer = asked(context, disable('alice'))
    await expect(answer).rejects.toThrow(bobBySsh)
  })

  it('let people in from some places: whoever is left comes in from the same', async () => {
    const from = (rule: string) => scene(people(), ssh(`${keysOnly}\n${rule}`))
    const both = 'allowusers alice@10.0.0.*\nallowusers bob@10.0.0.*'
    await expect(asked(await from(both), disable('alice'))).resolves.toBeDefined()
    await expect(asked(await from('allowusers alice@10.0.0.*'), disable('alice'))).rejects.toThrow(bobBySsh)
    const other = 'allowusers alice@10.0.0.*\nallowusers bob@192.0.2.7'
    await expect(asked(await from(other), disable('alice'))).rejects.toThrow(bobBySsh)
    await expect(asked(await from('allowusers alice bob@192.0.2.7'), disable('alice'))).rejects.toThrow(bobBySsh)
    await expect(asked(await from('allowusers alice bob@192.0.2.7'), disable('bob'))).resolves.toBeDefined()
  })

  it('that cannot be read admit nobody for certain', async () => {
    const unread = await scene(people(), { sshd: async () => 'unreadable' as const })
    await expect(asked(unread, disable('alice'))).rejects.toThrow(/settings of the SSH server could not be read/)
  })
})

describe('who may be an administrator, for all that is seen here', () => {
  const root = { text: `root:${good}\nalice:!${good}\nbob:${good}\n`, mode: 0o640 }
  const alone = {
    ...hostWith({ alice: keyOnly, bob: good }, 'sudo:x:27:alice\nfinance:x:50:bob'),
    ...trusted,
    'etc/shadow': root,
  }

  it('has keys that a program or an authority knows', async () => {
    for (const rule of ['authorizedkeyscommand /usr/bin/sss_ssh_authorizedkeys', 'trustedusercakeys /etc/ssh/ca.pub']) {
      const context = await scene(alone, ssh(`${keysOnly}\n${rule}`))
      await expect(asked(context, disable('alice'))).rejects.toThrow(/alice .*may be the last/)
      await expect(asked(context, leave('alice'))).rejects.toMatchObject(refused)
      await expect(asked(context, leave('bob', 'finance'))).resolves.toBeDefined()
    }
    const none = await scene(alone, ssh(`${keysOnly}\nauthorizedkeyscommand none\ntrustedusercakeys none`))
    await expect(asked(none, leave('alice'))).resolves.toBeDefined()
  })

  it('is kept by a directory service', async () => {
    const files = { ...alone, 'etc/group': 'root:x:0:\nsudo:x:27:dora\nfinance:x:50:bob,dora\n' }
    const context = await scene(files, {}, { directory: 'dora:x:5001:5001::/home/dora:/bin/bash\n' })
    await expect(asked(context, leave('dora'))).rejects.toThrow(/dora .*may be the last/)
    await expect(asked(context, leave('dora', 'finance'))).resolves.toBeDefined()
  })

  it('is anybody where the rules of sudo are not understood, even if root could help', async () => {
    const odd = { ...alone, ...sudoers('%sudo ALL=(ALL) NOPASSWD: ALL\nwhat = is this') }
    await expect(asked(await scene(odd), leave('bob', 'finance'))).rejects.toThrow(/line 2 is not understood/)
    await expect(asked(await scene(odd), disable('bob'))).rejects.toMatchObject(refused)
  })
})
