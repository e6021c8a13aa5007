import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SUBPROTOCOL } from '@chaos-lite/shared'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { pathsUnder } from '../../src/paths.ts'
import { Up } from '../../src/pipe/index.ts'
import { temporaryFolder } from '../outbox/support.ts'
import { ScriptedRoot } from './support.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** The agent as a process, with its own root folder. */
async function agent(command: string) {
  const folder = await temporaryFolder()
  const paths = pathsUnder(folder.path)
  await mkdir(dirname(paths.socket), { recursive: true })
  const start = () => {
    const child: ChildProcess = spawn(process.execPath, [main, command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', CHAOS_LITE_ROOT: folder.path },
    })
    let text = ''
    child.stdout?.on('data', (bytes) => (text += bytes))
    child.stderr?.on('data', (bytes) => (text += bytes))
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await folder[Symbol.asyncDispose]()
    })
    return { child, says: () => text }
  }
  return { paths, start }
}

async function rootAt(path: string): Promise<{ roots: ScriptedRoot[]; server: Server }> {
  const roots: ScriptedRoot[] = []
  const server = createServer((stream) => roots.push(new ScriptedRoot(stream)))
  server.listen(path)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { roots, server }
}

test('the relay as a process: waits for the root part, connects where it is ordered to, and ends in good order', async () => {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => SUBPROTOCOL })
  await once(sockets, 'listening')
  onTestFinished(() => sockets.close())
  const { port } = sockets.address() as { port: number }
  const { paths, start } = await agent('link')
  const { child, says } = start()
  await expect.poll(says).toContain('cannot be reached')
  for (const line of says().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 40 })

  const { roots } = await rootAt(paths.socket)
  await expect.poll(() => roots.length).toBe(1)
  const controllerUrl = `ws://127.0.0.1:${port}`
  roots[0]?.point({ hostId: 'h-1', controllerUrl, caPem: null, bootId: 'boot', enrolment: '1' })
  await expect.poll(() => roots[0]?.kinds()).toEqual([Up.opened])
  roots[0]?.rest()
  await expect.poll(() => roots[0]?.closed).toBe(true)
  expect(sockets.clients.size).toBe(1)

  const [socket] = sockets.clients
  const closed = once(socket ?? sockets, 'close')
  child.kill('SIGTERM')
  expect((await closed)[0]).toBe(1001)
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('the root part that nobody activated says how it is started, and touches nothing', async () => {
  const { start } = await agent('serve')
  const { child, says } = start()
  const [code] = await once(child, 'exit')
  expect(code).toBe(2)
  expect(says()).toContain('chaos-lite-agent.socket')
})
