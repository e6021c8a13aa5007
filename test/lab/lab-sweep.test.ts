import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Lab, run, sweep, until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'

describeLab('a lab whose program was killed', () => {
  test('is cleared away by the next one, without a trace on this machine', async () => {
    const name = `killed-${process.pid}`
    const child = spawn(process.execPath, ['--import', 'tsx', `${import.meta.dirname}/fixtures/forever.ts`, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    const orphan = (await Lab.attach(name)).host('orphan')
    const bridge = (await Lab.attach(name)).bridgeAddress
    const leader = await orphan.leader()
    child.kill('SIGKILL')
    await once(child, 'exit')

    expect(await orphan.isUp()).toBe(true)
    expect(await sweep()).toContain(name)
    await until('process 1 of the orphan is gone', () => !existsSync(`/proc/${leader}`))
    expect(existsSync(orphan.root)).toBe(false)
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(name)
    expect((await run(['ip', 'address', 'show'])).stdout).not.toContain(`${bridge}/`)
    await expect(Lab.attach(name)).rejects.toThrow('No lab named')
  })

  test('but one that is in use stays', async () => {
    await using lab = await Lab.up({ hosts: ['busy'] })
    expect(await sweep()).not.toContain(lab.name)
    expect(await lab.host('busy').isUp()).toBe(true)
  })

  test('and the limit of the machine is rolled back with the last one', async () => {
    const limit = '/proc/sys/fs/inotify/max_user_instances'
    await using lab = await Lab.up({ hosts: ['busy'] })
    expect(Number(await readFile(limit, 'utf8'))).toBeGreaterThanOrEqual(1024)
    await lab.down()
    expect(existsSync('/run/chaos-lite-lab/inotify-original')).toBe(false)
  })
})
