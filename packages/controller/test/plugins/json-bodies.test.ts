import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { jsonBodies } from '../../src/plugins/own/json-bodies.ts'

/** Answers with the body as it was read. */
async function anApp() {
  const app = Fastify()
  onTestFinished(() => app.close())
  await app.register(jsonBodies)
  app.post('/', async (request) => ({ read: request.body }))
  return (payload: string) =>
    app.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': 'application/json' } })
}

test('brackets and commas count outside of texts only, whatever is escaped in them', async () => {
  const ask = await anApp()
  const body = { a: '[{,'.repeat(30_000), b: '\\', c: `"${'],"'.repeat(5_000)}\\"`, 'd"[': ['\\\\"', 7] }
  expect((await ask(JSON.stringify(body))).json()).toEqual({ read: body })
  // Behind a text that ends with an escaped backslash, everything counts again.
  const levels = `{"a":"x\\\\","b":${'['.repeat(70)}`
  expect((await ask(levels)).json()).toMatchObject({ message: expect.stringContaining('64 levels') })
  const values = `["\\"${'\\n'.repeat(100)}"${',1'.repeat(6_000)}]`
  expect((await ask(values)).json()).toMatchObject({ message: expect.stringContaining('5000 values') })
})

test('a text without an end is refused by the reader', async () => {
  const ask = await anApp()
  for (const text of ['"', '{"a', '["\\', '"x\\"']) expect((await ask(text)).statusCode).toBe(400)
})
