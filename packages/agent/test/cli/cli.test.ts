import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { ended, killed, output, toyRoot } from '../fixtures/toy-process.ts'

describe('rehearse', () => {
  test('shows what is touched, starts, holds, rolls back, and passes', async () => {
    const toy = toyRoot()
    const { code, out } = await toy.run(toy.rehearsal('10ms'))
    expect(out).toContain('gets another text')
    expect(out).toContain(`touches: file:${toy.file}`)
    expect(out).toContain('A process of its own rolls back')
    expect(out).toMatch(/PASSED: .*host identical/)
    expect(code).toBe(0)
    expect(toy.says()).toBe('before')
    expect(toy.openRecords()).toEqual([])
  })

  test('says the same as one JSON object', async () => {
    const toy = toyRoot()
    const { out } = await toy.run([...toy.rehearsal('10ms'), '--json'])
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      injected: true,
      effect: 'not applicable',
      restoration: 'identical',
    })
  })

  test('needs a yes where nobody can be asked, and touches nothing without', async () => {
    const toy = toyRoot()
    const { code, err } = await toy.run(toy.rehearsal().filter((arg) => arg !== '--yes'))
    expect(code).toBe(2)
    expect(err).toContain('--yes')
    expect(existsSync(toy.paths.journal)).toBe(false)
  })

  test('fails when the host is not identical afterwards', async () => {
    const toy = toyRoot()
    const child = toy.start(toy.rehearsal('500ms'))
    await output(child, 'Started')
    writeFileSync(toy.file, 'somebody else')
    const code = await ended(child)
    expect(code).toBe(1)
    expect(toy.says()).toBe('somebody else')
  })

  test('cannot run what the policy refuses, and says which rule', async () => {
    const toy = toyRoot()
    const { code, err } = await toy.run(toy.rehearsal(), { TOY_POLICY: 'none' })
    expect(code).toBe(2)
    expect(err).toContain('toys: none')
  })

  test('cannot run beside another one', async () => {
    const toy = toyRoot()
    const first = toy.start(toy.rehearsal())
    await output(first, 'Started')
    expect(await toy.run([...toy.rehearsal(), '--json'])).toMatchObject({
      code: 2,
      out: expect.stringContaining('host-busy'),
    })
    first.kill('SIGTERM')
    await ended(first)
    expect(toy.says()).toBe('before')
  })

  test('rolls back when it is interrupted during its hold', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const toy = toyRoot()
      const child = toy.start(toy.rehearsal())
      await output(child, 'Started')
      expect(toy.says()).toBe('after')
      child.kill(signal)
      const code = await ended(child)
      expect(code).toBe(0)
      expect(toy.says()).toBe('before')
    }
  })

  test('rolls back when it is interrupted during the inject', async () => {
    const toy = toyRoot()
    const child = toy.start(toy.rehearsal(), { TOY_HANG: 'after inject' })
    await output(child, 'hanging')
    child.kill('SIGINT')
    await eventually(() => expect(toy.says()).toBe('before'))
    await killed(child)
  })

  test('refuses parameters that are no JSON object', async () => {
    const toy = toyRoot()
    const { code, err } = await toy.run(['rehearse', 'toy.write', '--with', 'nonsense'])
    expect(code).toBe(2)
    expect(err).toContain('expected a JSON object')
  })
})

describe('revert', () => {
  test('rolls back what a killed process left', async () => {
    const toy = toyRoot()
    const child = toy.start(toy.rehearsal(), { TOY_HANG: 'after inject' })
    await output(child, 'hanging')
    await killed(child)
    const { code, out } = await toy.run(['revert', '--all'])
    expect(code).toBe(0)
    expect(out).toContain('identical')
    expect(toy.says()).toBe('before')
  })

  test('leaves in the first phase of a boot what is not for it', async () => {
    const toy = toyRoot()
    const child = toy.start(toy.rehearsal())
    await output(child, 'Started')
    await killed(child)
    const recovery = ['revert', '--all', '--cause', 'recovery']
    expect(await toy.run([...recovery, '--phase', 'early'])).toMatchObject({ code: 0 })
    expect(toy.says()).toBe('after')
    expect(await toy.run(recovery)).toMatchObject({ code: 0 })
    expect(toy.says()).toBe('before')
  })

  test('can be killed and begun again', async () => {
    const toy = toyRoot()
    const child = toy.start(toy.rehearsal())
    await output(child, 'Started')
    await killed(child)
    const reverting = toy.start(['revert', '--all'], { TOY_HANG: 'before revert' })
    await output(reverting, 'hanging')
    const second = toy.run(['revert', '--all', '--json'])
    await killed(reverting)
    expect(JSON.parse((await second).out)).toMatchObject({ ok: true, open: 0 })
    expect(toy.says()).toBe('before')
  })

  test('finds nothing to do on a host that is as it was', async () => {
    expect(await toyRoot().run(['revert', '--all'])).toMatchObject({
      code: 0,
      out: 'There was nothing to roll back.\n',
    })
  })

  test('rolls back one record', async () => {
    const toy = toyRoot()
    const child = toy.start(toy.rehearsal())
    await output(child, 'Started')
    await killed(child)
    const [id = ''] = toy.openRecords()
    expect(await toy.run(['revert', '--record', id, '--cause', 'failsafe'])).toMatchObject({ code: 0 })
    expect(toy.says()).toBe('before')
  })

  test('fails, and says where, when a record cannot be read', async () => {
    const toy = toyRoot()
    const place = join(toy.paths.journal, '01J0000000000000000000000A')
    mkdirSync(place, { recursive: true })
    const { code, err, out } = await toy.run(['revert', '--all'])
    expect(code).toBe(1)
    expect(err).toContain(place)
    expect(out).not.toContain('nothing to roll back')
    expect(await toy.run(['status'])).toMatchObject({ code: 1, out: expect.stringContaining('UNREADABLE') })
    expect(await toy.run(toy.rehearsal())).toMatchObject({ code: 2, err: expect.stringContaining(place) })
  })

  test('asks what to roll back', async () => {
    expect(await toyRoot().run(['revert'])).toMatchObject({ code: 2, err: expect.stringContaining('--all') })
    expect(await toyRoot().run(['revert', '--record', '../../etc'])).toMatchObject({ code: 2 })
  })
})

describe('halt', () => {
  test('rolls everything back, refuses what comes, and is lifted', async () => {
    const toy = toyRoot()
    const child = toy.start(toy.rehearsal())
    await output(child, 'Started')
    expect(await toy.run(['halt'])).toMatchObject({ code: 0 })
    expect(toy.says()).toBe('before')
    await ended(child)
    expect(await toy.run(toy.rehearsal())).toMatchObject({ code: 2, err: expect.stringContaining('halted') })
    expect(await toy.run(['status'])).toMatchObject({ code: 0, out: expect.stringContaining('HALTED') })
    expect(await toy.run(['halt', '--lift'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Lifted: /) })
    expect(await toy.run(['halt', '--lift'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^It was not halted/),
    })
    expect(await toy.run(toy.rehearsal('10ms'))).toMatchObject({ code: 0 })
  })

  test('rolls back even where its file cannot be written', async () => {
    const toy = toyRoot()
    const child = toy.start(toy.rehearsal())
    await output(child, 'Started')
    await killed(child)
    mkdirSync(dirname(dirname(toy.paths.haltFile)), { recursive: true })
    writeFileSync(dirname(toy.paths.haltFile), 'a file in the place of the folder')
    const { code, err } = await toy.run(['halt'])
    expect(code).toBe(1)
    expect(err).toContain('cannot be written')
    expect(toy.says()).toBe('before')
  })
})

describe('run', () => {
  test('rolls back what was left before it serves, and everything when it is stopped', async () => {
    const toy = toyRoot()
    const left = toy.start(toy.rehearsal())
    await output(left, 'Started')
    await killed(left)
    const service = toy.start(['run'])
    await output(service, 'serving')
    expect(toy.says()).toBe('before')
    service.kill('SIGTERM')
    expect((await once(service, 'exit'))[0]).toBe(0)
    expect(readdirSync(toy.paths.journal)).toEqual([])
  })
})

test('status reports to people and machines what is open', async () => {
  const toy = toyRoot()
  const child = toy.start(toy.rehearsal())
  await output(child, 'Started')
  expect(await toy.run(['status'])).toMatchObject({ code: 0, out: expect.stringContaining(`touches file:${toy.file}`) })
  const { out } = await toy.run(['status', '--json'])
  expect(JSON.parse(out)).toMatchObject({ ok: true, halted: false, open: [{ action: 'toy.write', state: 'injected' }] })
  child.kill('SIGTERM')
  await ended(child)
})

test('the help names every exit code', async () => {
  const { code, out } = await toyRoot().run(['--help'])
  expect(code).toBe(0)
  for (const line of ['0  done', '1  done, but', '2  could not run']) expect(out).toContain(line)
})

test('an unknown command is refused', async () => {
  expect(await toyRoot().run(['explode'])).toMatchObject({ code: 2 })
})
