import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import type { Api } from '../../src/client/api.ts'
import type { CommandContext } from '../../src/commands/context.ts'
import { addWebhook, listWebhooks, removeWebhook, testWebhook } from '../../src/commands/webhook.ts'
import { ExitCode } from '../../src/exit-codes.ts'

const one = {
  webhookId: '01J00000000000000000000000',
  url: 'https://chat.example.test/in',
  purpose: 'The on-call chat',
}

/** A controller that knows one webhook, and notes what it is asked. */
function aController(tested = { ok: true, detail: 'It answered 200.' }) {
  const [out, asked]: [string[], unknown[]] = [[], []]
  const api: Api = {
    async get(path, schema) {
      asked.push(['GET', path])
      return schema.parse([one])
    },
    async post(path, body, schema) {
      asked.push(['POST', path, body])
      return schema.parse(path.endsWith('/test') ? tested : { ...one, secret: 's3cret' })
    },
    async remove(path) {
      asked.push(['DELETE', path])
      if (!path.endsWith(one.webhookId)) throw new ChaosError('not-found', 'There is no webhook.')
    },
  } as Api
  const terminal = {
    out: (text: string) => void out.push(text),
    style: (format: string, text: string) => `<${format}>${text}</${format}>`,
  } as CommandContext['terminal']
  const context = (json = false): CommandContext => ({
    ...{ terminal, json, signal: new AbortController().signal, api: async () => api },
  })
  return { context, out, asked }
}

describe('webhooks on the command line', () => {
  test('are listed with what they are for, and never with their secret', async () => {
    const { context, out, asked } = aController()
    expect(await listWebhooks(context())).toBe(ExitCode.ok)
    expect(asked).toEqual([['GET', '/webhooks']])
    expect(out.join('\n')).toMatch(/WEBHOOK +FOR +ADDRESS\s+01J0+ +The on-call chat +https:\/\/chat\.example\.test\/in/)
    await listWebhooks(context(true))
    expect(JSON.parse(out[1] ?? '')).toEqual([one])
  })

  test('are added with their secret, which is shown this once', async () => {
    const { context, out, asked } = aController()
    expect(await addWebhook(context(), { url: one.url, purpose: one.purpose })).toBe(ExitCode.ok)
    expect(asked).toEqual([['POST', '/webhooks', { url: one.url, purpose: one.purpose }]])
    expect(out.join('\n')).toContain('s3cret')
    expect(out.join('\n')).toContain('shown this once')
  })

  test('are removed by their id', async () => {
    const { context, asked } = aController()
    expect(await removeWebhook(context(), one.webhookId)).toBe(ExitCode.ok)
    expect(asked).toEqual([['DELETE', `/webhooks/${one.webhookId}`]])
    await expect(removeWebhook(context(), 'another')).rejects.toMatchObject({ code: 'not-found' })
    // A name is never taken for a path.
    await removeWebhook(context(), '../runs').catch(() => undefined)
    expect(asked.at(-1)).toEqual(['GET', '/webhooks'])
  })

  test.each([
    [{ ok: true, detail: 'It answered 200.' }, ExitCode.ok, 'It answered 200.'],
    [{ ok: false, detail: 'It answered 404.' }, ExitCode.failed, '<red>It answered 404.</red>'],
  ])('are tried out: %j', async (answered, code, text) => {
    const { context, out, asked } = aController(answered)
    expect(await testWebhook(context(), one.webhookId)).toBe(code)
    expect(asked).toEqual([['POST', `/webhooks/${one.webhookId}/test`, {}]])
    expect(out).toEqual([text])
  })
})
