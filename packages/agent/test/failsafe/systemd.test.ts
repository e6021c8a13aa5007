import { describe, expect, test } from 'vitest'
import { calendarOf, systemdFailsafe, timerArguments, unitOf } from '../../src/failsafe/systemd.ts'
import type { Finished, Host } from '../../src/host/host.ts'
import { headWith, RECORD } from '../fixtures/heads.ts'

/** A service manager that answers from a list and notes what it was asked. */
function manager(answers: Record<string, Partial<Finished>>) {
  const asked: string[] = []
  const host = {
    clock: { bootId: 'b', monoMs: () => 1_000, wallMs: () => 0 },
    run: async (argv: readonly string[]): Promise<Finished> => {
      asked.push(argv.join(' '))
      const key = Object.keys(answers).find((each) => argv.join(' ').startsWith(each))
      return { code: 0, signal: null, stdout: '', stderr: '', ...(key === undefined ? {} : answers[key]) }
    },
  } as unknown as Host
  return { asked, failsafe: systemdFailsafe({ host, command: async () => ['/usr/bin/agent'] }) }
}

const good = {
  'systemctl is-enabled': { stdout: 'enabled\nenabled\n' },
  'systemctl is-active': { stdout: 'active\n' },
}
const unavailable = { code: 'failsafe-unavailable' }

describe('the transient timer', () => {
  test('fires by elapsed time and by the calendar, whichever comes first, and starts a fresh revert', () => {
    const head = headWith({ revertByMonoMs: 61_000, revertByWallMs: Date.UTC(2026, 10, 27, 14, 3, 4, 200) })
    const options = { command: ['/opt/agent'] as const, env: { A: 'b c' } }
    const args = timerArguments(head, options, 1_000)
    expect(args).toContain('--on-active=60000ms')
    expect(args).toContain('--on-calendar=2026-11-27 14:03:05 UTC')
    expect(args).toContain(`--unit=chaos-lite-failsafe-${RECORD}`)
    expect(args).toContain('--setenv=A=b c')
    expect(args.slice(args.indexOf('--') + 1)).toEqual([
      '/opt/agent',
      'revert',
      '--record',
      RECORD,
      '--cause',
      'failsafe',
    ])
  })

  test('starts the reverter again when it was killed or could not run, but not when a person must act', () => {
    const args = timerArguments(headWith(), { command: ['a'] }, 0)
    expect(args).toContain('--property=Restart=on-failure')
    expect(args).toContain('--property=RestartPreventExitStatus=1')
    // One that is stopped itself is killed, which counts as a failure.
    expect(args).toContain('--property=RuntimeMaxSec=300s')
    expect(timerArguments(headWith({ revertMs: 600_000 }), { command: ['a'] }, 0)).toContain(
      '--property=RuntimeMaxSec=1830s',
    )
    // systemd knows Restart= for oneshot services only since version 244.
    expect(args).toContain('--property=Type=simple')
  })

  test('fires at once when its time is past', () => {
    const args = timerArguments(headWith({ revertByMonoMs: 5 }), { command: ['a'] }, 9_000)
    expect(args).toContain('--on-active=0ms')
  })

  test('is never earlier than asked for, in whole seconds', () => {
    expect(calendarOf(Date.UTC(2026, 0, 1, 0, 0, 0, 0))).toBe('2026-01-01 00:00:00 UTC')
    expect(calendarOf(Date.UTC(2026, 0, 1, 0, 0, 0, 1))).toBe('2026-01-01 00:00:01 UTC')
  })
})

describe('arming', () => {
  test('asks for the boot units, starts the timer and sees it run', async () => {
    const { asked, failsafe } = manager(good)
    await failsafe.arm(headWith())
    expect(asked.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'systemctl is-enabled',
      'systemd-run --quiet',
      'systemctl is-active',
    ])
  })

  test('is refused without both boot units, and nothing is started', async () => {
    const answers = [
      { stdout: 'disabled\ndisabled\n' },
      { stdout: 'enabled\ndisabled\n' },
      { stdout: 'enabled\n', stderr: 'No such file', code: 1 },
      { stdout: '', stderr: 'No such file', code: 1 },
    ]
    for (const answer of answers) {
      const { asked, failsafe } = manager({ ...good, 'systemctl is-enabled': answer })
      await expect(failsafe.arm(headWith())).rejects.toMatchObject(unavailable)
      expect(asked).toHaveLength(1)
    }
  })

  test('is refused when systemd-run fails', async () => {
    const { failsafe } = manager({ ...good, 'systemd-run': { code: 1, stderr: 'Access denied' } })
    await expect(failsafe.arm(headWith())).rejects.toThrow(/Access denied/)
  })

  test('is refused when the timer is not seen to run, and leaves no timer behind', async () => {
    const { asked, failsafe } = manager({ ...good, 'systemctl is-active': { stdout: 'inactive\n', code: 3 } })
    await expect(failsafe.arm(headWith())).rejects.toMatchObject(unavailable)
    expect(asked.at(-1)).toBe(`systemctl stop ${unitOf(RECORD)}.timer`)
  })
})

test('disarming a timer that is gone already is fine', async () => {
  await manager({ 'systemctl stop': { code: 5, stderr: 'not loaded' } }).failsafe.disarm(RECORD)
  await expect(manager({ 'systemctl stop': { code: 1, stderr: 'no' } }).failsafe.disarm(RECORD)).rejects.toThrow()
})

describe('sweeping', () => {
  const other = '01ARZ3NDEKTSV4RRFFQ69G5FAW'
  const line = (id: string) => `chaos-lite-failsafe-${id}.timer loaded active waiting Chaos Lite rolls back`
  const listed = {
    'systemctl list-units': { stdout: `${line(RECORD)}\n${line(other)}\nchaos-lite-failsafe-x.timer a b\n` },
  }

  test('stops the timers of records that are gone, and no others', async () => {
    const { asked, failsafe } = manager(listed)
    await failsafe.sweep([RECORD])
    expect(asked.slice(1)).toEqual([`systemctl stop chaos-lite-failsafe-${other}.timer`])
  })

  test('stops nothing where every timer has its record', async () => {
    const { asked, failsafe } = manager(listed)
    await failsafe.sweep([other, RECORD])
    expect(asked).toHaveLength(1)
  })
})
