import { afterEach, describe, expect, it, vi } from 'vitest'
import { proofPage } from '../../src/proof/page.ts'
import { isKept, isProved, type Proof, type Trial } from '../../src/proof/proof.ts'

const quiet = { struckAfterMs: null, said: 'identical', backAfterMs: null, differences: [], open: false } as const
const undisturbed: Trial = { kind: 'undisturbed', ...quiet }
const killed: Trial = { kind: 'killed', ...quiet, struckAfterMs: 310, backAfterMs: 1240 }
const timer: Trial = { kind: 'safety timer', ...quiet, said: null, struckAfterMs: 900, backAfterMs: 29_400 }

function proofOf(...trials: Trial[]): Proof {
  return {
    host: 'plant',
    simulated: false,
    system: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0',
    agentVersion: '0.1.0',
    programDigest: 'ab'.repeat(32),
    failsafe: 'A systemd timer rolls back when the agent does not.',
    beganWallMs: Date.UTC(2026, 10, 22, 9),
    endedWallMs: Date.UTC(2026, 10, 22, 9, 2),
    touched: ['chaos-lite-proof.invalid leads to 192.0.2.1 for every program of this host.'],
    before: { '/etc/hosts: mode': '0644' },
    after: { '/etc/hosts: mode': '0644' },
    trials,
    wanted: trials.length,
  }
}

describe('a trial keeps the promise', () => {
  it('when it was struck and the host is as before', () => {
    expect([undisturbed, killed, timer].every(isKept)).toBe(true)
  })

  it.each<[string, Trial]>([
    ['when something is not as before', { ...killed, differences: ['/etc/hosts: mode was 0644, is 0600'] }],
    ['when a record stayed open', { ...killed, open: true }],
    ['when the agent is not sure', { ...killed, said: 'unknown' }],
    ['when the failure was never started', { ...undisturbed, said: null }],
    ['when nobody was killed during the hold', { ...timer, struckAfterMs: null }],
  ])('not %s', (_, trial) => {
    expect(isKept(trial)).toBe(false)
    expect(isProved(proofOf(trial))).toBe(false)
  })

  it('and a proof needs every trial that was wanted', () => {
    expect(isProved({ ...proofOf(undisturbed, killed), wanted: 3 })).toBe(false)
  })
})

afterEach(() => vi.unstubAllEnvs())

describe('the page', () => {
  it.each([
    ['UTC', '2026-11-22 09:00:00 UTC, ended: 2026-11-22 09:02:00 UTC'],
    ['Asia/Karachi', '2026-11-22 14:00:00 +05:00 (09:00:00 UTC), ended: 2026-11-22 14:02:00 +05:00 (09:02:00 UTC)'],
  ])('gives times in the zone of the host and in UTC: %s', (zone, times) => {
    vi.stubEnv('TZ', zone)
    expect(proofPage(proofOf(undisturbed))).toContain(`- Began: ${times}\n`)
  })

  it('says what was run, when, on which program and system, and has room for two signatures', () => {
    const page = proofPage(proofOf(undisturbed, killed, { ...killed, backAfterMs: 2_000 }, timer))
    expect(page).toMatch(/^# Proof that Chaos Lite rolls this host back: PASSED$/m)
    expect(page).toContain('System: Debian GNU/Linux 12 (bookworm), kernel 6.1.0')
    expect(page).toContain(`chaos-lite-agent 0.1.0, SHA-256 ${'ab'.repeat(32)}`)
    expect(page).toMatch(/kill -9 at a random moment.* \| 2 \| 2 \| 2 \| 2\.0 s \|/)
    expect(page).toMatch(/the safety timer must roll back \| 1 \| 1 \| 1 \| 29\.4 s \|/)
    expect(page.match(/Signature: _+/g)).toHaveLength(2)
  })

  it('says FAILED first, and which trial went wrong in which way', () => {
    const wrong = { ...killed, differences: ['/etc/hosts: mode was 0644, is 0600'], open: true }
    const page = proofPage(proofOf(undisturbed, wrong))
    expect(page).toMatch(/^# .*FAILED$/m)
    expect(page).toMatch(/Trial 2 .*mode was 0644, is 0600; a record stayed open.*The agent said "identical"/)
  })

  it('says that a simulated host proves nothing', () => {
    expect(proofPage({ ...proofOf(undisturbed), simulated: true })).toContain('this page is no evidence')
  })

  it('says when it was ended early, and when a failure could not be started', () => {
    const page = proofPage({ ...proofOf({ ...undisturbed, said: null }), wanted: 5 })
    expect(page).toContain('4 trials were not run')
    expect(page).toMatch(/Trial 1 \(nothing\): the failure could not be started/)
  })
})
