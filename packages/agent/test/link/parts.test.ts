import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CloseCode, type Command } from '@chaos-lite/shared'
import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { openCommandLog } from '../../src/link/index.ts'
import { FrameBudget } from '../../src/net/frame-budget.ts'
import { proxyFor } from '../../src/net/proxy.ts'
import { afterClose } from '../../src/relay/backoff.ts'
import { temporaryFolder } from '../outbox/support.ts'

test('the wait before connecting again grows, and stays below half a minute', () => {
  const waits = Array.from({ length: 20 }, (_, failures) => afterClose(1006, failures, 1))
  const delays = waits.map((next) => (next.retry ? next.delayMs : Number.NaN))
  expect(delays.slice(0, 4)).toEqual([500, 1000, 2000, 4000])
  expect(Math.max(...delays)).toBe(30_000)
})

test('the wait is spread, so that many agents do not come back at the same moment', () => {
  expect(afterClose(1006, 10, 0)).toMatchObject({ delayMs: 3_000 })
  expect(afterClose(1006, 10, 0.5)).toMatchObject({ delayMs: 16_500 })
})

test('a revoked host does not come back', () => {
  expect(afterClose(CloseCode.hostRevoked, 0, 0)).toMatchObject({ retry: false })
})

test.each([CloseCode.duplicateAgent, CloseCode.notAuthenticated])(
  'after %i the wait is long, and a person is shown why',
  (code) => {
    const next = afterClose(code, 0, 0)
    expect(next).toMatchObject({ retry: true })
    expect(next.retry && next.delayMs).toBeGreaterThanOrEqual(60_000)
    expect(next.say).not.toBeNull()
  },
)

const proxy = 'http://proxy.example.test:3128'

test.each([
  ['wss://c.example.test/agent', { HTTPS_PROXY: proxy }, proxy],
  ['wss://c.example.test/agent', { https_proxy: proxy, HTTPS_PROXY: 'http://other' }, proxy],
  ['ws://c.example.test/agent', { HTTPS_PROXY: proxy }, null],
  ['wss://c.example.test/agent', {}, null],
  ['wss://c.example.test/agent', { HTTPS_PROXY: 'no address' }, null],
  ['wss://c.example.test/agent', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, null],
  ['wss://c.example.test/agent', { HTTPS_PROXY: proxy, NO_PROXY: 'other.test, c.example.test' }, null],
  ['wss://c.example.test/agent', { HTTPS_PROXY: proxy, NO_PROXY: '.example.test' }, null],
  ['wss://c.example.test/agent', { HTTPS_PROXY: proxy, NO_PROXY: 'ample.test' }, proxy],
  ['wss://c.example.test:8443/agent', { HTTPS_PROXY: proxy, NO_PROXY: 'c.example.test:443' }, proxy],
  ['wss://c.example.test:8443/agent', { HTTPS_PROXY: proxy, NO_PROXY: 'c.example.test:8443' }, null],
])('%s with %j goes through %s', (address, environment, expected) => {
  expect(proxyFor(new URL(address), environment)).toBe(expected)
})

test('the budget of frames allows bursts, refuses floods, and fills up again with time', () => {
  const budget = new FrameBudget()
  const taken = Array.from({ length: 3000 }, () => budget.take(1000)).filter(Boolean)
  expect(taken).toHaveLength(2000)
  expect(budget.take(1000)).toBe(false)
  expect(budget.take(2000)).toBe(true)
})

test('a clock that goes backwards gives no budget', () => {
  const budget = new FrameBudget()
  while (budget.take(5000));
  expect(budget.take(1000)).toBe(false)
})

function command(): Command {
  const runId = ulid()
  return { commandId: ulid(), session: 'a'.repeat(64), expiresInMs: 1000, order: { name: 'run.close', runId } }
}

test('a noted command is known at once, and after a restart', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'state', 'commands.jsonl')
  const one = command()
  const log = await openCommandLog(path)
  expect(log.has(one.commandId)).toBe(false)
  await log.add(one, 1)
  expect(log.has(one.commandId)).toBe(true)
  await log.close()
  const again = await openCommandLog(path)
  expect(again.has(one.commandId)).toBe(true)
  await again.close()
})

test('the log of commands says what came, for the owner of the host, and for nobody else', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'commands.jsonl')
  const log = await openCommandLog(path)
  const one = command()
  await log.add(one, 1_790_000_000_000)
  await log.close()
  const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ order: 'run.close', wallMs: 1_790_000_000_000 })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a torn line of a power cut does not swallow the one after it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'commands.jsonl')
  await appendFile(path, '{"wallMs":1,"comm\0\0\0')
  const log = await openCommandLog(path)
  const one = command()
  await log.add(one, 1)
  await log.close()
  const again = await openCommandLog(path)
  expect(again.has(one.commandId)).toBe(true)
  await again.close()
})

test('the log of commands stays small', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'commands.jsonl')
  await appendFile(path, `${'x'.repeat(1023)}\n`.repeat(600))
  const log = await openCommandLog(path)
  await log.add(command(), 1)
  await log.close()
  expect((await stat(path)).size).toBeLessThan(1000)
  expect((await stat(`${path}.1`)).size).toBeGreaterThan(600_000)
})
