import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { runCli } from '../../src/cli/program.ts'
import { EXIT, type Terminal, type World } from '../../src/cli/world.ts'
import { linuxHost } from '../../src/host/linux/index.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { ToyHooks } from '../fixtures/toy-action.ts'
import { allowAll, toyWorld } from '../fixtures/toy-engine.ts'

/** The command line on a toy host whose probes are the real ones. */
function commandLine(hooks: ToyHooks = {}, options: { policy?: Policy; answer?: boolean } = {}) {
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
  const world: World = {
    paths,
    agent: async () => ({ host, engine, journal: deps.journal, failsafe, [Symbol.asyncDispose]: async () => {} }),
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

  test('not when another process puts it back before anything was seen, however long the hold', async () => {
    const { hooks } = consumer()
    const { rehearse, lines, deps } = commandLine({ ...hooks, afterInject: () => undefined })
    const done = rehearse('--yes', '--hold', '10m')
    const held = async () => (await deps.journal.list()).records.find(({ state }) => state === 'injected')
    await expect.poll(held).toBeDefined()
    await deps.journal.close((await held())?.head.recordId ?? '')
    expect(await done).toBe(1)
    expect(lines.join('\n')).toContain('Another process put it back.')
  })

  test('with what another process found that put it back', async () => {
    const { rehearse, lines, deps } = commandLine(consumer().hooks)
    const done = rehearse('--yes', '--hold', '10m')
    await expect.poll(() => lines.join('\n')).toMatch(/Confirmed/)
    const [record] = (await deps.journal.list()).records
    await deps.journal.mark(record?.head.recordId ?? '', 'reverted', 'identical')
    await deps.journal.close(record?.head.recordId ?? '')
    expect(await done).toBe(0)
    expect(lines.join('\n')).toContain('Another process put it back.')
    expect(lines.at(-1)).toBe('PASSED: failure started, confirmation proved, host identical')
  })

  test('but it does not pass when somebody else undoes it during the hold', async () => {
    const { rehearse, lines, file, stop } = commandLine(consumer().hooks)
    const done = rehearse('--yes', '--hold', '10m')
    await expect.poll(() => lines.join('\n')).toMatch(/Confirmed/)
    writeFileSync(file, 'before')
    stop.abort()
    expect(await done).toBe(1)
    expect(lines).toContain('The failure did not last: somebody else put it back during the hold.')
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
    expect(lines.slice(0, asked).join('\n')).toContain('put back at the latest after 3050 ms')
  })

  test('a no touches nothing', async () => {
    const { rehearse, lines, paths } = commandLine({}, { answer: false })
    expect(await rehearse()).toBe(2)
    expect(lines.at(-1)).toBe('Nothing was touched.')
    expect(existsSync(paths.journal)).toBe(false)
  })
})

describe('a failure that only the next boot puts back', () => {
  test('is left to it when the machine goes down, and the rehearsal ends without a wait', async () => {
    let goesDown = true
    const { rehearse, lines, stop, engine, file } = commandLine({ untilBoot: () => goesDown })
    const ended = rehearse('--yes', '--hold', '10m')
    await eventually(() => expect(lines.join('\n')).toContain('Started: toy.write'))
    stop.abort()
    expect(await ended).toBe(1)
    expect(lines.join('\n')).toMatch(/The next boot of this host puts it back\..*host unknown/s)
    expect(readFileSync(file, 'utf8')).toBe('after')
    goesDown = false
    expect(await engine.recover()).toMatchObject([{ restoration: 'identical' }])
    expect(readFileSync(file, 'utf8')).toBe('before')
  })
})

describe('a failure that cannot be started', () => {
  test('is put back, and the verdict says both', async () => {
    const { rehearse, lines } = commandLine({
      afterInject: () => {
        throw new Error('half-way')
      },
    })
    expect(await rehearse('--yes', '--json')).toBe(1)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ ok: false, injected: false, restoration: 'identical' })
    expect(lines.at(-1)).toContain('half-way')
  })

  test('that cannot be put back either says what to do by hand', async () => {
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
    const { rehearse } = commandLine()
    expect(await rehearse('--yes', '--hold', '50ms')).toBe(0)
    expect(await rehearse('--yes', '--hold', 'soon')).toBe(2)
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
