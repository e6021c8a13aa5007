import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, it, vi } from 'vitest'
import { must } from '../../../src/host/linux/must.ts'
import { run } from '../../../src/host/linux/run.ts'
import { isRoot, temporaryFolder } from '../support.ts'

const node = process.execPath

describe('running a program', () => {
  it('gives a program that gets no input the end of it at once', async () => {
    expect(await run(['cat'], { timeoutMs: 5000 })).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  })

  it('gives code and output, and hands the input on', async () => {
    expect(await run(['cat'], { timeoutMs: 5000, input: 'ü\n' })).toEqual({
      code: 0,
      signal: null,
      stdout: 'ü\n',
      stderr: '',
    })
    expect((await run(['ls', '/none'], { timeoutMs: 5000 })).code).toBe(2)
  })

  it('takes every argument as it is, never as a piece of shell', async () => {
    const { stdout } = await run(['printf', '%s|', '$(id)', '; rm -rf', '*'], { timeoutMs: 5000 })
    expect(stdout).toBe('$(id)|; rm -rf|*|')
  })

  it('reads a source to its end, also where the program ends before, and gives output as it comes', async () => {
    let taken = 0
    const source = Readable.from(
      (function* () {
        for (; taken < 50; taken += 1) yield Buffer.alloc(100_000)
      })(),
    )
    const output: Buffer[] = []
    const to = new Writable({
      write(chunk: Buffer, _encoding, done) {
        output.push(chunk)
        done()
      },
    })
    const ended = await run(['head', '-c', '3'], { timeoutMs: 60_000, inputFrom: source, output: to })
    expect(ended).toMatchObject({ code: 0, stdout: '' })
    expect(Buffer.concat(output)).toEqual(Buffer.alloc(3))
    await expect.poll(() => taken).toBe(50)
  })

  it('ends a program whose output is refused', async () => {
    const refuses = new Writable({ write: (_chunk, _encoding, done) => done(new ChaosError('too-many', 'too much')) })
    await expect(run(['yes'], { timeoutMs: 60_000, output: refuses })).rejects.toThrow('too much')
  })

  it('does not wait for what no kill of the program ends', async () => {
    // It leaves the group and holds the output, as a program does that the kernel keeps.
    const escapes = 'setsid sleep 1000 & echo $!; exec sleep 1000'
    const said: Buffer[] = []
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        said.push(chunk)
        done()
      },
    })
    try {
      await expect(run(['sh', '-c', escapes], { timeoutMs: 500, output })).rejects.toThrow('did not end within 500 ms')
    } finally {
      process.kill(Number(Buffer.concat(said)), 'SIGKILL')
    }
  })

  it('gives a program its umask, and keeps its own', async () => {
    const before = process.umask()
    expect(await run(['sh', '-c', 'umask'], { timeoutMs: 5000, umask: 0o027 })).toMatchObject({ stdout: '0027\n' })
    expect(process.umask()).toBe(before)
  })

  it('hands nothing of our environment on', async () => {
    vi.stubEnv('CHAOS_SECRET', 'x')
    const { stdout } = await run(['env'], { timeoutMs: 5000, env: { OWN: '1' } })
    expect(stdout).toContain('OWN=1')
    expect(stdout).not.toContain('CHAOS_SECRET')
    vi.unstubAllEnvs()
  })

  it('ends the program and its children at the time-out', async () => {
    const pidFile = join(await temporaryFolder(), 'pid')
    const script = join(await temporaryFolder(), 'parent.mjs')
    await writeFile(
      script,
      `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs'
       const child = spawn('sleep', ['600']); writeFileSync(${JSON.stringify(pidFile)}, String(child.pid)); setInterval(() => {}, 1000)`,
    )
    await expect(run([node, script], { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'timed-out' })
    const { stdout } = await run(['cat', pidFile], { timeoutMs: 5000 })
    // A dead process that nobody has waited for yet still has a number, but no command line.
    const commandLine = () => readFile(`/proc/${stdout}/cmdline`, 'utf8').catch(() => '')
    await expect.poll(commandLine).toBe('')
  })

  it('ends it when its task is ended, and does not even start it then', async () => {
    const controller = new AbortController()
    const running = run(['sleep', '600'], { timeoutMs: 60_000, signal: controller.signal })
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'timed-out' })
    await expect(async () => run(['sleep', '1'], { timeoutMs: 1000, signal: controller.signal })).rejects.toThrow()
  })

  it('ends one that talks without end', async () => {
    await expect(run(['yes'], { timeoutMs: 30_000 })).rejects.toThrow('wrote more than')
  })

  it('says which program is missing', async () => {
    await expect(async () => run(['no-such-program'], { timeoutMs: 1000 })).rejects.toThrow(
      'no-such-program is not installed',
    )
    await expect(run(['/no/such'], { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'tool-failed' })
  })

  it('gives the words of a program that must not fail', async () => {
    await expect(must(['ls', '/none'], { timeoutMs: 5000 })).rejects.toThrow(/ls ended with code 2: .*none/)
  })

  it.runIf(isRoot)('runs as another account, with its groups and without our rights', async () => {
    const { stdout } = await run(['id', '-un'], { timeoutMs: 5000, as: 'nobody' })
    expect(stdout).toBe('nobody\n')
    expect((await run(['cat', '/etc/shadow'], { timeoutMs: 5000, as: 'nobody' })).code).not.toBe(0)
  })

  it.each(['0', '65534', ''])('never takes a number for an account: %j', async (as) => {
    await expect(run(['id', '-un'], { timeoutMs: 5000, as })).rejects.toMatchObject({ code: 'not-there' })
  })
})
