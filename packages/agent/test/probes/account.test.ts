import { describe, expect, it } from 'vitest'
import { accountProbe } from '../../src/probes/account.ts'
import { isHarmless } from '../../src/probes/harmless.ts'
import { judge } from '../../src/probes/judge.ts'
import { localHost, lookOnce } from '../fixtures/local-host.ts'

/** Stands in for pamtester, which is not on every machine: the same arguments, words and exit codes. */
function pamtester(answer: { code?: number; stderr?: string }) {
  const calls: (readonly string[])[] = []
  const host = localHost({
    programs: {
      pamtester: (argv) => {
        calls.push(argv)
        return answer
      },
    },
  })
  return { host, calls }
}

describe('whether an account would be let in', () => {
  it('is asked of the account phase of PAM alone, without any password', async () => {
    const { host, calls } = pamtester({})
    const seen = await lookOnce(accountProbe, { account: 'anna' }, { host })
    expect(seen).toEqual({ evaluated: true, message: null, value: { admitted: true, reason: null } })
    expect(calls).toEqual([['pamtester', 'login', 'anna', 'acct_mgmt']])
  })

  it('is asked as another service where the drill names one', async () => {
    const { host, calls } = pamtester({})
    await lookOnce(accountProbe, { account: 'anna', service: 'sshd' }, { host })
    expect(calls[0]).toEqual(['pamtester', 'sshd', 'anna', 'acct_mgmt'])
  })

  it("is down with PAM's own words when it is refused", async () => {
    const { host } = pamtester({ code: 1, stderr: 'pamtester: User account has expired\n' })
    const seen = await lookOnce(accountProbe, { account: 'anna' }, { host })
    expect(judge(seen, accountProbe.expect({ account: 'anna' }))).toEqual({
      status: 'down',
      message: 'anna: User account has expired',
    })
  })

  it('is not evaluated without pamtester', async () => {
    const host = localHost({ programs: { pamtester: undefined } })
    const seen = await lookOnce(accountProbe, { account: 'anna' }, { host })
    expect(seen).toMatchObject({ evaluated: false, message: expect.stringContaining('install the package pamtester') })
  })

  it('must be named in the policy, and takes no option for an account', () => {
    expect(isHarmless(accountProbe.params)).toBe(false)
    expect(accountProbe.asks({ account: 'anna' })).toEqual([{ kind: 'account', value: 'anna' }])
    expect(accountProbe.params.safeParse({ account: '--anna' }).success).toBe(false)
    expect(accountProbe.params.safeParse({ account: 'anna', service: '../../etc/x' }).success).toBe(false)
  })
})
