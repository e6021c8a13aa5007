import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import type { CredentialDefinition } from '../../src/definitions/definitions.ts'
import { judge } from '../../src/probes/judge.ts'
import { loginProbe } from '../../src/probes/login.ts'
import { answerBind } from '../fixtures/ldap-server.ts'
import { definitions, localHost, lookOnce, seenBy, temporaryFolder } from '../fixtures/local-host.ts'
import { certificate, listen, tcpServer } from '../fixtures/servers.ts'

const PASSWORD = 'c0rrect horse'

function pam(password = PASSWORD): CredentialDefinition {
  return { driver: 'pam', account: 'jdoe', service: 'login', password }
}

function ldap(
  port: number,
  more: Partial<Extract<CredentialDefinition, { driver: 'ldap' }>> = {},
): CredentialDefinition {
  const dn = 'uid=jdoe,dc=example,dc=test'
  return { driver: 'ldap', url: `ldap://127.0.0.1:${port}`, dn, startTls: false, password: PASSWORD, ...more }
}

/** Stands in for pamtester, which is not on every machine: the same arguments, input, words and exit codes. */
function pamtester(right = PASSWORD) {
  const calls: { argv: readonly string[]; input: string }[] = []
  const host = localHost({
    programs: {
      pamtester: (argv, input) => {
        calls.push({ argv, input })
        return input === `${right}\n` ? {} : { code: 1, stderr: 'Password: pamtester: Authentication failure\n' }
      },
    },
  })
  return { host, calls }
}

describe('a log-in through PAM', () => {
  it('succeeds with the right password, for the password and for the account', async () => {
    const { host, calls } = pamtester()
    const seen = await seenBy(loginProbe, { credential: 'probe' }, { host, local: definitions({ probe: pam() }) })
    expect(seen).toMatchObject({ succeeded: 1, failed: 0, accounts: 1, firstFailure: null })
    expect(calls[0]?.argv).toEqual(['pamtester', 'login', 'jdoe', 'authenticate', 'acct_mgmt'])
  })

  it('never shows the password in an argument or an answer', async () => {
    const { host, calls } = pamtester('another')
    const seen = await lookOnce(loginProbe, { credential: 'probe' }, { host, local: definitions({ probe: pam() }) })
    expect(JSON.stringify([calls[0]?.argv, seen])).not.toContain(PASSWORD)
  })

  it("is down with PAM's own words when it is refused", async () => {
    const { host } = pamtester('another')
    const seen = await lookOnce(loginProbe, { credential: 'probe' }, { host, local: definitions({ probe: pam() }) })
    expect(judge(seen, loginProbe.expect({ credential: 'probe' }))).toEqual({
      status: 'down',
      message: 'probe could not log in: Authentication failure',
    })
  })

  it('is not evaluated without pamtester', async () => {
    const host = localHost({ programs: { pamtester: undefined } })
    const seen = await lookOnce(loginProbe, { credential: 'probe' }, { host, local: definitions({ probe: pam() }) })
    expect(seen).toMatchObject({ evaluated: false, message: expect.stringContaining('install the package pamtester') })
  })

  it('reads the password from the first line of its file', async () => {
    const passwordFile = join(await temporaryFolder(), 'secret')
    await writeFile(passwordFile, `${PASSWORD}\nnot this\n`)
    const { host } = pamtester()
    const probe = { driver: 'pam', account: 'jdoe', service: 'login', passwordFile } as const
    expect(await seenBy(loginProbe, { credential: 'probe' }, { host, local: definitions({ probe }) })).toMatchObject({
      failed: 0,
    })
  })

  it.each([
    ['is not there', '/nowhere/secret', /cannot be read: ENOENT/],
    ['is empty', null, /first line of .* is empty/],
  ])('is not evaluated when the password file %s', async (_note, path, message) => {
    const passwordFile = path ?? join(await temporaryFolder(), 'secret')
    if (path === null) await writeFile(passwordFile, '\n')
    const probe = { driver: 'pam', account: 'jdoe', service: 'login', passwordFile } as const
    const seen = await lookOnce(
      loginProbe,
      { credential: 'probe' },
      { host: pamtester().host, local: definitions({ probe }) },
    )
    expect(seen).toMatchObject({ evaluated: false, message: expect.stringMatching(message) })
  })
})

describe('many log-ins', () => {
  it('are tried one by one, and the first failure is named', async () => {
    const { host } = pamtester()
    const local = definitions({ one: pam(), two: pam('wrong'), three: pam('wrong'), four: pam() })
    const seen = await seenBy(loginProbe, { credential: ['one', 'two', 'three', 'four'] }, { host, local })
    expect(seen).toMatchObject({ succeeded: 2, failed: 2, accounts: 4, firstFailure: 'two' })
  })

  it('are not evaluated when one of them is not defined on this host', async () => {
    const { host } = pamtester()
    const seen = await lookOnce(
      loginProbe,
      { credential: ['one', 'two'] },
      { host, local: definitions({ one: pam() }) },
    )
    expect(seen).toMatchObject({ evaluated: false, message: expect.stringContaining('defines no credential two') })
  })

  it('ask the policy for each credential', () => {
    expect(loginProbe.asks({ credential: ['one', 'two'] })).toEqual([
      { kind: 'credential', value: 'one' },
      { kind: 'credential', value: 'two' },
    ])
  })
})

describe('a log-in by LDAP bind', () => {
  it('succeeds with the right password', async () => {
    const { port } = await tcpServer((socket) => answerBind(socket, PASSWORD))
    const local = definitions({ probe: ldap(port) })
    expect(await seenBy(loginProbe, { credential: 'probe', driver: 'ldap' }, { local })).toMatchObject({ succeeded: 1 })
  })

  it('is down with a wrong one', async () => {
    const { port } = await tcpServer((socket) => answerBind(socket, 'another'))
    const seen = await lookOnce(loginProbe, { credential: 'probe' }, { local: definitions({ probe: ldap(port) }) })
    expect(seen).toMatchObject({
      evaluated: true,
      message: 'probe could not log in: invalid credentials',
      value: { failed: 1 },
    })
  })

  it('is down when the directory is gone', async () => {
    const seen = await seenBy(loginProbe, { credential: 'probe' }, { local: definitions({ probe: ldap(1) }) })
    expect(seen).toMatchObject({ succeeded: 0, failed: 1 })
  })

  it('verifies the certificate of the directory', async () => {
    const authority = await certificate('localhost')
    const { port } = await listen(
      createServer({ key: authority.key, cert: authority.cert }, (socket) => answerBind(socket, PASSWORD)),
    )
    const url = `ldaps://localhost:${port}`
    const trusted = definitions({ probe: ldap(port, { url, caFile: authority.caFile }) })
    const unknown = definitions({ probe: ldap(port, { url }) })
    expect(await seenBy(loginProbe, { credential: 'probe' }, { local: trusted })).toMatchObject({ succeeded: 1 })
    expect(await seenBy(loginProbe, { credential: 'probe' }, { local: unknown })).toMatchObject({ failed: 1 })
  })

  it('never sends a password in clear to another machine, unless the owner of the host accepted it', async () => {
    const local = definitions({ probe: ldap(1, { url: 'ldap://dc.example.test' }) })
    expect(await lookOnce(loginProbe, { credential: 'probe' }, { local })).toMatchObject({
      evaluated: false,
      message: expect.stringContaining('would send the password in clear'),
    })
  })

  it('refuses a credential that is meant for something else', async () => {
    const local = definitions({ probe: ldap(1) })
    expect(await lookOnce(loginProbe, { credential: 'probe', driver: 'pam' }, { local })).toMatchObject({
      evaluated: false,
      message: 'probe: it is defined for ldap, not for pam',
    })
  })

  it('takes neither server nor account from the wire', () => {
    for (const more of [{ url: 'ldap://evil.test' }, { dn: 'cn=x' }, { account: 'root' }, { service: 'su' }]) {
      expect(loginProbe.params.safeParse({ credential: 'probe', ...more }).success).toBe(false)
    }
  })
})
