import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../packages/controller/test/support/temporary-folder.ts'
import { claim } from '../scripts/demo/claim.ts'
import { monitor } from '../scripts/demo/monitor.ts'
import { phase } from '../scripts/demo/phase.ts'
import { RunningHost } from '../scripts/demo/running-host.ts'
import { startDemo } from '../scripts/demo/start-demo.ts'

/** A folder in which a demo has left something. */
function used(): { folder: string; left: string } {
  const folder = join(temporaryFolder(), 'demo')
  mkdirSync(folder)
  const left = join(folder, 'controller.db')
  writeFileSync(left, 'of the first demo')
  return { folder, left }
}

describe('a demo beside another one', () => {
  test('in its folder is refused with the process that has it, and nothing is removed', async () => {
    const { folder, left } = used()
    using _first = await claim(folder, 0)
    const refused = startDemo({ folder, port: 0 })
    await expect(refused).rejects.toThrow(`A demo is running in ${folder} already (process ${process.pid})`)
    await expect(refused).rejects.toThrow(/kill \d+\n.*npm start -- --port \d+ --folder/)
    expect(readFileSync(left, 'utf8')).toBe('of the first demo')
  })

  test('at its port is refused, and nothing is removed', async () => {
    const { folder, left } = used()
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    await expect(startDemo({ folder, port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`)
    expect(existsSync(left)).toBe(true)
    // The folder is free again for the next one.
    using _next = await claim(folder, 0)
  })

  test('gets the folder as soon as the first one has ended', async () => {
    const { folder } = used()
    const first = await claim(folder, 0)
    first[Symbol.dispose]()
    using _second = await claim(folder, 0)
    expect(readFileSync(`${folder}.pid`, 'utf8')).toBe(`${process.pid}\n`)
  })
})

test('a demo that begins where another one was says that it removed it, and only then does what takes its time', async () => {
  const { folder, left } = used()
  const said: string[] = []
  const prepare = async () => {
    expect([existsSync(left), said]).toEqual([false, ['The demo of the last start was removed.']])
    throw new Error('far enough')
  }
  await expect(startDemo({ folder, port: 0, say: (text) => said.push(text), prepare })).rejects.toThrow('far enough')
})

test('a demo host that does not end is killed with all that it started, and is named', async () => {
  const said: string[] = []
  const script = 'trap "" TERM; echo agent 42; echo ready; sleep 1000 & wait; sleep 1000'
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const host = new RunningHost({ name: 'erp-primary', folder: '/x', process: child, say: (text) => said.push(text) })
  await host.ready()
  expect(host.agentPid).toBe(42)
  const closed = new Promise((done) => child.once('close', done))
  await host.end(10)
  // The pipe closes only when nobody of the group has it any more.
  await closed
  expect(said).toEqual([
    'erp-primary: its agent runs (process 42)',
    expect.stringMatching(/^erp-primary: its agent did not end and was killed; .* \/x .* nothing of this machine/),
  ])
})

test('the monitoring system of the demo reports the primary down, in whichever run', async () => {
  const ending = new AbortController()
  const bodies: string[] = []
  const { createServer: createHttp } = await import('node:http')
  const received = Promise.withResolvers<void>()
  const server = createHttp((request, answer) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()))
    request.on('end', () => {
      answer.end()
      received.resolve()
    })
  })
  onTestFinished(() => {
    ending.abort()
    server.close()
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  monitor({ address: '127.0.0.1', port: 1 }, `http://127.0.0.1:${port}/`, ending.signal)
  await received.promise
  expect(JSON.parse(bodies.join(''))).toMatchObject({ status: 'firing' })
})

test('a phase is named before it begins, with the time it took after it', async () => {
  const said: string[] = []
  await phase(
    (text) => said.push(text),
    'Building the dashboard',
    async () => expect(said).toHaveLength(1),
  )
  expect(said).toEqual(['Building the dashboard …', expect.stringMatching(/^ {2}done in \d+\.\d s$/)])
})
