import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { supervisorServices } from '../../packages/agent/src/host/linux/services/supervisor.ts'
import { reloadContract } from '../../packages/agent/test/host/reload.contract.ts'
import { temporaryFolder } from '../../packages/controller/test/support/temporary-folder.ts'
import { Supervisor } from '../../scripts/demo/supervisor.ts'

/** Notes each SIGHUP as one byte of this file. */
const program = `
  const { appendFileSync } = require('node:fs')
  process.on('SIGHUP', () => appendFileSync(process.argv[1], 'x'))
  process.stdin.resume().on('end', () => process.exit())
  console.log('ready')`

reloadContract('the supervisor of the demo hosts', async () => {
  const folder = temporaryFolder()
  const noted = join(folder, 'reloads')
  const argv = [process.execPath, '-e', program, noted] as const
  const supervisor = new Supervisor([
    { service: 'able', argv, reload: 'SIGHUP' },
    { service: 'unable', argv },
    { service: 'idle', argv, reload: 'SIGHUP' },
  ])
  const path = join(folder, 'supervisor')
  await supervisor.listen(path)
  onTestFinished(() => supervisor.close())
  await supervisor.startAll()
  const services = supervisorServices(path)
  await services.stop('idle', 10_000)
  const reloads = async () => (await readFile(noted, 'utf8').catch(() => '')).length
  return { services, reloads }
})

it('the supervisor knows what a service read last: at its start, or when it was reloaded', async () => {
  const file = join(temporaryFolder(), 'settings')
  const supervisor = new Supervisor([
    { service: 'able', argv: [process.execPath, '-e', program, `${file}.noted`], reload: 'SIGHUP', reads: [file] },
  ])
  onTestFinished(() => supervisor.close())
  const path = `${file}.socket`
  await supervisor.listen(path)
  await writeFile(file, 'one')
  await supervisor.startAll()
  const first = supervisor.lastRead('able')
  await writeFile(file, 'two')
  expect(supervisor.lastRead('able')).toBe(first)
  await supervisorServices(path).reload('able', 10_000)
  expect(supervisor.lastRead('able')).not.toBe(first)
})
