import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mortal } from '../../../src/host/linux/mortal.ts'
import { tool } from '../../../src/host/linux/tools.ts'

describe.runIf(tool('setpriv') !== null)('a mortal program', () => {
  it('dies with the process that started it, however that dies', async () => {
    const script = `
      const child = require('node:child_process').spawn(${JSON.stringify(mortal(['sleep', '600'])[0])},
        ${JSON.stringify(mortal(['sleep', '600']).slice(1))}, { detached: true, stdio: 'ignore' })
      console.log(child.pid)
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (data) => resolve(String(data).trim())),
    )
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    await expect.poll(() => commandOf(pid)).toMatch(/^sleep/)
    parent.kill('SIGKILL')
    await expect.poll(() => existsSync(`/proc/${pid}/exe`)).toBe(false)
  })

  it('is the same program with the same arguments', () => {
    expect(mortal(['sleep', '1', '-x']).slice(-3)).toEqual([tool('sleep'), '1', '-x'])
    expect(mortal(['no-such-program', '1'])).toEqual(['no-such-program', '1'])
  })
})

function commandOf(pid: string): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8')
}
