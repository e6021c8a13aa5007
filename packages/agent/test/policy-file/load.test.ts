import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definedNames, definitionWarnings, localDefinitions } from '../../src/definitions/local-definitions.ts'
import { loadPolicy } from '../../src/policy-file/index.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { action, policyOf, probe } from './support.ts'

const root = process.geteuid?.() === 0
const GOOD = 'policy: 1\nactions: [service.stop]\nservices: [nginx]\n'
const stopNginx = action('service.stop', [{ kind: 'service', value: 'nginx' }])

describe('loading a policy', () => {
  it('allows what a good file names', async () => {
    const policy = await policyOf(GOOD)
    expect(policy).toMatchObject({
      present: true,
      warnings: [],
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
    expect(policy.allows(stopNginx).allowed).toBe(true)
  })

  it('allows only harmless probes without a file, and still says which command would allow the rest', async () => {
    const policy = loadPolicy(join(await temporaryFolder(), 'policy.yaml'))
    expect(policy).toMatchObject({
      present: false,
      digest: null,
      warnings: [expect.stringContaining('There is no policy')],
    })
    expect(policy.allows(probe('service', [], true)).allowed).toBe(true)
    expect(policy.allows(stopNginx)).toMatchObject({
      allowed: false,
      rule: 'chaos-lite-agent policy allow actions=service.stop services=nginx',
      reason: expect.stringContaining('which does not exist yet'),
    })
  })

  it('reports every mistake with its place, and allows nothing until it is corrected', async () => {
    const policy = await policyOf('policy: 1\naction: [service.stop]\nholdAtMost: soon\naddresses: [192.0.2.0/33]\n')
    expect(policy.warnings).toHaveLength(3)
    expect(policy.warnings[0]).toMatch(/policy\.yaml:2:1: unknown key `action`.*did you mean `actions`\?/)
    expect(policy.warnings[1]).toMatch(/policy\.yaml:3:13: `holdAtMost` is .*must be a duration|500ms/)
    expect(policy.warnings[2]).toMatch(/policy\.yaml:4:13: .*192\.0\.2\.0\/33/)
    expect(policy.allows(stopNginx)).toMatchObject({
      allowed: false,
      lines: [],
      reason: expect.stringContaining('nothing is allowed'),
    })
    expect(policy.allows(probe('service', [], true)).allowed).toBe(true)
  })

  it.each([
    ['an empty file', ''],
    ['no version', 'actions: [service.stop]\n'],
    ['a version of the future', 'policy: 2\n'],
    ['a list that is empty by mistake', 'policy: 1\nactions:\n'],
    ['a text for a list', 'policy: 1\nactions: service.stop\n'],
    ['one key twice', 'policy: 1\nactions: []\nactions: [service.stop]\n'],
    ['an action with a pattern', 'policy: 1\nactions: ["*"]\n'],
    ['a relative folder', 'policy: 1\nfolders: [srv]\n'],
    ['a zone that does not exist', 'policy: 1\nhours: [{ zone: Mars/Base, from: "08:00", to: "09:00" }]\n'],
    ['a time without quotes read as a number', 'policy: 1\nhours: [{ zone: UTC, from: 8, to: 9 }]\n'],
    ['a tag', 'policy: 1\nactions: !!js/function []\n'],
    ['no YAML', '{{{{'],
    ['two documents', 'policy: 1\n---\npolicy: 1\nactions: [service.stop]\n'],
  ])('refuses %s', async (_note, text) => {
    const policy = await policyOf(text)
    expect(policy.warnings.length).toBeGreaterThan(0)
    expect(policy.allows(stopNginx).allowed).toBe(false)
  })

  it('refuses a file that others can write, that is a link, or that lies in a folder that others can write', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'policy.yaml')
    await writeFile(path, GOOD, { mode: 0o644 })
    await chmod(path, 0o664)
    expect(loadPolicy(path)).toMatchObject({
      present: true,
      digest: null,
      warnings: [expect.stringContaining('chmod go-w')],
    })
    expect(loadPolicy(path).allows(stopNginx).allowed).toBe(false)
    await chmod(path, 0o644)
    expect(loadPolicy(path).allows(stopNginx).allowed).toBe(true)
    await symlink(path, join(folder, 'link.yaml'))
    expect(loadPolicy(join(folder, 'link.yaml')).warnings[0]).toContain('symbolic link')
    await chmod(folder, 0o777)
    expect(loadPolicy(path).warnings[0]).toContain(`${folder} can be written by others`)
  })

  it.runIf(root)('refuses a file that belongs to somebody else', async () => {
    const path = join(await temporaryFolder(), 'policy.yaml')
    await writeFile(path, GOOD)
    await chown(path, 65_534, 0)
    expect(loadPolicy(path).warnings[0]).toMatch(/belongs to user 65534; run: chown root/)
  })

  it('refuses what is no file, or too large a one', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'policy.yaml'))
    expect(loadPolicy(join(folder, 'policy.yaml')).warnings[0]).toContain('is no file')
    await writeFile(join(folder, 'large.yaml'), `policy: 1\n${'#'.repeat(300_000)}`)
    expect(loadPolicy(join(folder, 'large.yaml')).warnings[0]).toContain('is larger than')
  })

  it('warns of names that this agent does not know', async () => {
    const policy = await policyOf('policy: 1\nactions: [service.stpo]\nexercises: [backup.restore]\n', {
      known: { actions: ['service.stop'], exercises: ['backup.restore'] },
    })
    expect(policy.warnings).toEqual([
      'actions names service.stpo, which this agent does not know; did you mean service.stop?',
    ])
  })

  it('never throws and never allows a failure, whatever bytes lie there', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'policy.yaml')
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.string({ maxLength: 400 })), async (bytes) => {
        await writeFile(path, bytes)
        expect(loadPolicy(path).allows(stopNginx).allowed).toBe(false)
      }),
    )
  })
})

describe('what is defined on the host', () => {
  async function filesWith(credentials: string, repositories: string) {
    const folder = await temporaryFolder()
    const paths = { credentials: join(folder, 'credentials.yaml'), repositories: join(folder, 'repositories.yaml') }
    await writeFile(paths.credentials, credentials, { mode: 0o600 })
    await writeFile(paths.repositories, repositories, { mode: 0o600 })
    return { paths, local: localDefinitions(paths) }
  }

  it('is read by name', async () => {
    const { paths, local } = await filesWith(
      'probe: { driver: pam, account: jdoe, password: x }\ndc: { driver: ldap, url: "ldaps://dc.example.test", dn: "cn=x", passwordFile: /etc/x }\n',
      'nightly: { driver: restic, location: /srv/repo, passwordFile: /etc/x, compareWith: /srv/share }\n',
    )
    expect(await local.credential('probe')).toMatchObject({ driver: 'pam', account: 'jdoe', service: 'login' })
    expect(await local.credential('dc')).toMatchObject({ driver: 'ldap', startTls: false })
    expect(await local.repository('nightly')).toMatchObject({ driver: 'restic', location: '/srv/repo' })
    expect(await local.repository('constructor')).toBeNull()
    expect(definedNames(paths.credentials, 'credentials')).toEqual(['probe', 'dc'])
  })

  it('is nothing without files', async () => {
    const folder = await temporaryFolder()
    const local = localDefinitions({ credentials: join(folder, 'a'), repositories: join(folder, 'b') })
    expect(await local.credential('x')).toBeNull()
    expect(await local.repository('x')).toBeNull()
  })

  it('is not used while others can read it', async () => {
    const { paths, local } = await filesWith('probe: { driver: pam, account: jdoe, password: s3cret }\n', '{}\n')
    await chmod(paths.credentials, 0o640)
    await expect(local.credential('probe')).rejects.toThrow(/can be read by others; run: chmod 600/)
  })

  it('reports mistakes with their place and never repeats a secret', async () => {
    const { local } = await filesWith(
      'probe:\n  driver: pam\n  acount: jdoe\n  password: s3cret\n',
      'x: { driver: floppy, location: a }\n',
    )
    await expect(local.credential('probe')).rejects.toThrow(/credentials\.yaml:\d+:\d+: /)
    await expect(local.credential('probe')).rejects.not.toThrow(/s3cret/)
    await expect(local.repository('x')).rejects.toThrow(/repositories\.yaml:1:/)
  })

  it('reports a password that a # cuts short, and does not repeat it', async () => {
    const { paths } = await filesWith('probe:\n  driver: pam\n  account: jdoe\n  password: s3c #ret\n', '{}\n')
    expect(definitionWarnings(paths.credentials, 'credentials')).toEqual([
      expect.stringMatching(/credentials\.yaml:4:17: the text from `#` on is a comment.*quotes around the value/),
    ])
    expect(definitionWarnings(paths.credentials, 'credentials').join()).not.toMatch(/s3c|ret/)
    expect(definitionWarnings(paths.repositories, 'repositories')).toEqual([])
  })

  it.each([
    ['a credential with two secrets', 'a: { driver: pam, account: jdoe, password: x, passwordFile: /y }\n'],
    ['a credential without a secret', 'a: { driver: pam, account: jdoe }\n'],
    [
      'an empty password, which LDAP takes for nobody',
      'a: { driver: ldap, url: "ldaps://x", dn: "cn=x", password: "" }\n',
    ],
    ['an address with a password in it', 'a: { driver: ldap, url: "ldap://u:p@x", dn: "cn=x", password: x }\n'],
    ['an account that looks like an option', 'a: { driver: pam, account: "-x", password: x }\n'],
  ])('refuses %s', async (_note, text) => {
    const { local } = await filesWith(text, '{}\n')
    await expect(local.credential('a')).rejects.toMatchObject({ code: 'param-invalid' })
  })

  it.each(['/etc/passwd', '../x', 'a/../../x'])('refuses a canary at %s', async (file) => {
    const { local } = await filesWith(
      '{}\n',
      `a: { driver: folder, location: /x, canary: { file: "${file}", sha256: "${'0'.repeat(64)}" } }\n`,
    )
    await expect(local.repository('a')).rejects.toMatchObject({ code: 'param-invalid' })
  })
})
