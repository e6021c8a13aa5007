import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { runCli } from '../../src/cli/program.ts'
import { linuxHost } from '../../src/host/linux/index.ts'
import { keyToPem, makeKey, publicKeyOf, writeIdentity } from '../../src/identity/index.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { EXIT, type Terminal, type World } from '../../src/world.ts'
import type { ToyHooks } from '../fixtures/toy-action.ts'
import { allowAll, toyWorld } from '../fixtures/toy-engine.ts'

const ENDED = { code: 0, signal: null, stderr: '' }

/** The command line on a toy host whose probes are the real ones. */
function commandLine(
  hooks: ToyHooks = {},
  options: {
    policy?: Policy
    answer?: boolean
    lacksRoot?: boolean
    program?: (argv: readonly string[]) => string
  } = {},
) {
  const host = linuxHost({ own: { paths: [], names: [] } })
  const toy = toyWorld(hooks, { host })
  const lines: string[] = []
  const stop = new AbortController()
  const terminal: Terminal = {
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    interactive: options.answer !== undefined,
    ask: async (question) => {
      lines.push(question)
      return options.answer === true
    },
    stop: stop.signal,
  }
  const { engine, deps, failsafe, paths } = toy
  const { program = () => '' } = options
  const scripted = { ...host, run: async (argv: readonly string[]) => ({ ...ENDED, stdout: program(argv) }) }
  const world: World = {
    paths,
    lacksRoot: options.lacksRoot === true,
    agent: async () => ({
      host: options.program === undefined ? host : scripted,
      engine,
      journal: deps.journal,
      failsafe,
      [Symbol.asyncDispose]: async () => {},
    }),
    policy: async () => options.policy ?? allowAll,
    local: async () => ({ credential: async () => null, repository: async () => null }),
    becomeService: async () => undefined,
    service: async () => ({ untilRest: async () => {}, [Symbol.asyncDispose]: async () => {} }),
    doctor: async () => EXIT.failed,
    enrol: async ({ labels }) => {
      lines.push(JSON.stringify(labels))
      throw new ChaosError('not-allowed', 'The enrolment token was refused.')
    },
  }
  const rehearse = (...more: string[]) => {
    const params = JSON.stringify({ path: toy.file, text: 'after' })
    return runCli(['rehearse', 'toy.write', '--with', params, ...more], world, terminal)
  }
  return { ...toy, lines, stop, rehearse, run: (...args: string[]) => runCli(args, world, terminal) }
}

/** A consumer of the drilled file: what it would look for is there only while the failure is. */
function consumer(): { hooks: ToyHooks; marker: (path: string) => string } {
  const marker = (path: string) => `${path}.seen`
  const hooks: ToyHooks = {
    effect: ({ path }) => ({ probe: 'file', params: { path: marker(path) }, expect: 'up' }),
    afterInject: ({ path }) => writeFileSync(marker(path), ''),
    beforeRevert: ({ path }) => rmSync(marker(path), { force: true }),
  }
  return { hooks, marker }
}

describe('a failure is confirmed', () => {
  test('when its probe says something else than before', async () => {
    const { rehearse, lines } = commandLine(consumer().hooks)
    expect(await rehearse('--yes', '--hold', '1s')).toBe(0)
    expect(lines.join('\n')).toMatch(/Confirmed: the probe file says "up"/)
    expect(lines.at(-1)).toBe('PASSED: failure started, confirmation proved, host identical')
  })

  test('not when the probe never sees it', async () => {
    const { hooks } = consumer()
    const { rehearse, lines, file } = commandLine({ ...hooks, afterInject: () => undefined })
    expect(await rehearse('--yes', '--hold', '300ms')).toBe(1)
    expect(lines.at(-1)).toBe('FAILED: failure started, confirmation not seen, host identical')
    expect(readFileSync(file, 'utf8')).toBe('before')
  })

  test('not when another process rolls it back before anything was seen, however long the hold', async () => {
    const { hooks } = consumer()
    const { rehearse, lines, deps } = commandLine({ ...hooks, afterInject: () => undefined })
    const done = rehearse('--yes', '--hold', '10m')
    const held = async () => (await deps.journal.list()).records.find(({ state }) => state === 'injected')
    await expect.poll(held).toBeDefined()
    await deps.journal.close((await held())?.head.recordId ?? '')
    expect(await done).toBe(1)
    expect(lines.join('\n')).toContain('Another process rolled it back.')
  })

  test('with what another process found that rolled it back', async () => {
    const { rehearse, lines, deps } = commandLine(consumer().hooks)
    const done = rehearse('--yes', '--hold', '10m')
    await expect.poll(() => lines.join('\n')).toMatch(/Confirmed/)
    const [record] = (await deps.journal.list()).records
    await deps.journal.mark(record?.head.recordId ?? '', 'reverted', 'identical')
    await deps.journal.close(record?.head.recordId ?? '')
    expect(await done).toBe(0)
    expect(lines.join('\n')).toContain('Another process rolled it back.')
    expect(lines.at(-1)).toBe('PASSED: failure started, confirmation proved, host identical')
  })

  test('but it does not pass when somebody else undoes it during the hold', async () => {
    const { rehearse, lines, file, stop } = commandLine(consumer().hooks)
    const done = rehearse('--yes', '--hold', '10m')
    await expect.poll(() => lines.join('\n')).toMatch(/Confirmed/)
    writeFileSync(file, 'before')
    stop.abort()
    expect(await done).toBe(1)
    expect(lines).toContain('The failure did not last: somebody else rolled it back during the hold.')
    expect(lines.at(-1)).toBe('FAILED: failure started but did not last, confirmation proved, host identical')
  })

  test('not when the probe said the same already before', async () => {
    const { hooks, marker } = consumer()
    const { rehearse, lines, file } = commandLine(hooks)
    writeFileSync(marker(file), '')
    expect(await rehearse('--yes', '--hold', '300ms')).toBe(1)
    expect(lines.join('\n')).toContain('already before the failure')
  })

  test('not when what would show it lies where the owner lets nobody look', async () => {
    const policy: Policy = { ...allowAll, allows: () => ({ allowed: false, reason: 'No probes here.', rule: 'none' }) }
    const { rehearse, lines } = commandLine(consumer().hooks, { policy })
    expect(await rehearse('--yes', '--hold', '300ms')).toBe(1)
    expect(lines.join('\n')).toContain('Not confirmed')
  })
})

describe('before anything is touched', () => {
  test('a person is shown everything and asked', async () => {
    const { rehearse, lines, file } = commandLine({}, { answer: true })
    expect(await rehearse('--hold', '50ms')).toBe(0)
    const asked = lines.indexOf('Start it?')
    expect(lines.slice(0, asked).join('\n')).toContain(`touches: file:${file}`)
    expect(lines.slice(0, asked).join('\n')).toContain('rolled back at the latest after 4 s')
  })

  test('a no touches nothing', async () => {
    const { rehearse, lines, paths } = commandLine({}, { answer: false })
    expect(await rehearse()).toBe(2)
    expect(lines.at(-1)).toBe('Nothing was touched.')
    expect(existsSync(paths.journal)).toBe(false)
  })
})

describe('a failure that only the next boot rolls back', () => {
  test('is left to it when the machine goes down, and the rehearsal ends without a wait', async () => {
    let goesDown = true
    const { rehearse, lines, stop, engine, file } = commandLine({ untilBoot: () => goesDown })
    const ended = rehearse('--yes', '--hold', '10m')
    await eventually(() => expect(lines.join('\n')).toContain('Started: toy.write'))
    stop.abort()
    expect(await ended).toBe(1)
    expect(lines.join('\n')).toMatch(/The next boot of this host rolls it back\..*host unknown/s)
    expect(readFileSync(file, 'utf8')).toBe('after')
    goesDown = false
    expect(await engine.recover()).toMatchObject([{ restoration: 'identical' }])
    expect(readFileSync(file, 'utf8')).toBe('before')
  })
})

describe('a failure that cannot be started', () => {
  test('is rolled back, and the verdict says both', async () => {
    const { rehearse, lines } = commandLine({
      afterInject: () => {
        throw new Error('half-way')
      },
    })
    expect(await rehearse('--yes', '--json')).toBe(1)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ ok: false, injected: false, restoration: 'identical' })
    expect(lines.at(-1)).toContain('half-way')
  })

  test('that cannot be rolled back either says what to do by hand', async () => {
    const { rehearse, lines } = commandLine({
      beforeRevert: () => {
        throw new Error('the disk is gone')
      },
    })
    expect(await rehearse('--yes', '--hold', '50ms')).toBe(1)
    expect(lines.join('\n')).toMatch(/DO THIS BY HAND: the disk is gone.*UNDO\.txt/)
  })
})

describe('the command line', () => {
  test('takes durations, and nothing that only looks like one', async () => {
    const { rehearse, run, lines } = commandLine()
    expect(await rehearse('--yes', '--hold', '50ms')).toBe(0)
    expect(lines.join('\n')).toMatch(/stays for 50 ms; rolled back at the latest after [\d.]+ (?:s|min)/)
    expect(await rehearse('--yes', '--hold', 'soon')).toBe(2)
    expect(await run('rehearse', '--help')).toBe(0)
    expect(lines.at(-1)).toContain('(default: 2s)')
    expect(await rehearse('--yes', '--hold', '-5s')).toBe(2)
  })

  test('takes labels, and says why enrolling failed', async () => {
    const { run, lines } = commandLine()
    const given = ['--label', 'role=erp-primary', '--label', 'site=main=hall 2']
    expect(await run('enrol', '--controller', 'https://chaos.example.test', ...given)).toBe(2)
    expect(JSON.parse(lines[0] ?? '')).toEqual({ role: 'erp-primary', site: 'main=hall 2' })
    expect(lines[1]).toBe('chaos-lite-agent: The enrolment token was refused.')
    expect(await run('enrol', '--controller', 'x', '--label', 'nonsense')).toBe(2)
  })

  test('prints a starter policy that names what was asked for', async () => {
    const { run, lines } = commandLine()
    expect(await run('policy', 'starter', '--profile', 'workstation', '--allow', 'names=erp.example.test')).toBe(0)
    expect(lines.join('\n')).toMatch(/^ {2}- erp\.example\.test$/m)
    expect(await run('policy', 'starter', '--profile', 'workstatoin')).toBe(2)
    expect(lines.at(-1)).toContain('did you mean workstation')
  })

  test('hands on what the doctor found', async () => {
    expect(await commandLine().run('doctor')).toBe(1)
  })

  test('refuses a cause that does not exist, and two selections at once', async () => {
    const { run } = commandLine()
    expect(await run('revert', '--all', '--cause', 'boredom')).toBe(2)
    expect(await run('revert', '--all', '--record', '01J0000000000000000000000A')).toBe(2)
  })

  test('says its mistakes as JSON where that was asked for', async () => {
    const { run, lines } = commandLine()
    expect(await run('rehearse', 'toy.explode', '--with', '{}', '--yes', '--json')).toBe(2)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ok: false, code: 'capability-missing' })
  })
})

describe('without root', () => {
  test.each([
    ['halt', '--lift'],
    ['revert', '--all'],
    ['status'],
    ['doctor'],
    ['prove'],
    ['run'],
    ['serve'],
    ['enrolment'],
    ['enrol', '--controller', 'https://chaos.example.test'],
    ['policy', 'allow', 'services=nginx'],
    ['rehearse', 'toy.write', '--with', '{}'],
  ])('%s %s says what is needed and the command that works, and does nothing', async (...args) => {
    const { run, lines, paths } = commandLine({}, { lacksRoot: true })
    expect(await run(...args)).toBe(2)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(`needs root`)
    expect(lines[0]).toContain(`sudo chaos-lite-agent ${args[0]}`)
    expect(existsSync(paths.state)).toBe(false)
  })

  test('what only prints needs none, and a parameter is quoted for the shell', async () => {
    const { run, lines, rehearse } = commandLine({}, { lacksRoot: true })
    expect(await run('policy', 'starter', '--profile', 'none')).toBe(0)
    expect(await run('status', '--json')).toBe(2)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(await rehearse('--yes')).toBe(2)
    expect(lines.at(-1)).toMatch(/sudo chaos-lite-agent rehearse toy\.write --with '\{.*\}' --yes$/)
  })
})

describe('the enrolment', () => {
  const at = 'https://chaos.example.test:8321'
  async function asked(identity: object | null, log: readonly [string, number][], ...args: string[]) {
    const rows = log.map(([msg, time]) => JSON.stringify({ level: 30, time, msg })).join('\n')
    const { run, lines, paths } = commandLine({}, { program: () => rows })
    if (identity !== null) {
      await writeIdentity(paths.identity, {
        ...{ format: 1, hostId: HOST, controllerUrl: at, controllerKey: publicKeyOf(makeKey()), caPem: null },
        ...{ privateKeyPem: keyToPem(makeKey()), labels: {}, enrolledMs: 1_000, ...identity },
      })
    }
    const code = await run('enrolment', ...args)
    return { code, said: lines.join('\n') }
  }
  const HOST = `h-${'0'.repeat(24)}`
  const revoked = 'This host was revoked by an administrator.'

  test('is good at the controller asked for, however its address is written', async () => {
    expect(await asked({}, [])).toEqual({ code: 0, said: `Enrolled as ${HOST} at ${at}.` })
    expect(await asked({}, [], '--controller', 'wss://chaos.example.test:8321/')).toMatchObject({ code: 0 })
  })

  test.each<[string, object | null, [string, number][], string[], string]>([
    ['there is none', null, [], [], 'not enrolled'],
    [
      'it is at another controller',
      {},
      [],
      ['--controller', 'https://other.example.test'],
      'https://other.example.test',
    ],
    [
      'it was revoked',
      {},
      [
        ['The link is open', 2_000],
        [revoked, 3_000],
      ],
      [],
      `revoked at ${at}`,
    ],
  ])('is not good where %s: the command that makes it good is printed', async (_, identity, log, args, words) => {
    const { code, said } = await asked(identity, log, ...args)
    expect(code).toBe(1)
    expect(said).toContain(words)
    expect(said).toContain(
      `chaos-lite-agent enrol --controller ${args[1] ?? (identity ? at : 'URL')} --token-file FILE`,
    )
  })

  test.each<[string, [string, number][]]>([
    ['before this enrolment', [[revoked, 500]]],
    [
      'before the controller let it in',
      [
        [revoked, 2_000],
        ['The link is open', 3_000],
      ],
    ],
  ])('is good where it was revoked %s', async (_, log) => {
    expect(await asked({}, log)).toMatchObject({ code: 0 })
  })
})
