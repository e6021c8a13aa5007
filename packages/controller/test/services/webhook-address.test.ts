import type { lookup } from 'node:dns'
import { request } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkWebhookUrl, webhookDispatcher } from '../../src/services/webhook-address.ts'

const refusal = (url: string, toLoopback = false) => {
  try {
    checkWebhookUrl(url, { toLoopback })
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('where a webhook may go', () => {
  test.each([
    ['http://169.254.169.254/latest/meta-data'],
    ['http://2852039166/'],
    ['http://0xa9fea9fe/'],
    ['http://[fe80::1]/'],
    ['http://[::ffff:169.254.169.254]/'],
    ['http://[64:ff9b::a9fe:a9fe]/'],
    ['http://[64:ff9b:1::a9fe:a9fe]/'],
    ['http://[2002:a9fe:a9fe::1]/'],
    ['http://[::169.254.169.254]/'],
    ['http://[::ffff:0:169.254.169.254]/'],
    ['http://[fd00:ec2::254]/'],
    ['http://[fd20:ce::254]/'],
    ['http://100.100.100.200/'],
    ['http://168.63.129.16/'],
    ['http://192.0.0.192/'],
    ['http://0.0.0.0:8321/'],
    ['http://224.0.0.1/'],
    ['http://[::]/'],
  ])('never to %s', (url) => {
    expect(refusal(url, true)).toContain('link-local or reserved')
  })

  test.each([
    ['http://127.0.0.1:9000/'],
    ['http://127.1/'],
    ['http://[::1]/'],
    ['http://[::ffff:127.0.0.1]/'],
    ['http://[::127.0.0.1]/'],
    ['http://[::ffff:0:7f00:1]/'],
    ['http://[64:ff9b::7f00:1]/'],
    ['http://[64:ff9b:1::7f00:1]/'],
    ['http://[2002:7f00:1::]/'],
    ['http://localhost/'],
    ['http://LOCALHOST./'],
    ['http://pager.localhost/'],
  ])('to %s only where the controller is configured so', (url) => {
    expect(refusal(url)).toContain('--webhooks-to-loopback')
    expect(refusal(url, true)).toBeNull()
  })

  test.each([
    ['https://hooks.example.test/T0/x'],
    ['http://10.0.0.9:8080/'],
    ['http://[fd00::9]/'],
    ['http://[2002:c000:204::1]/'],
  ])('to %s', (url) => {
    expect(refusal(url)).toBeNull()
  })

  test.each([['ftp://example.test/'], ['https://user:secret@example.test/']])('%s is no webhook', (url) => {
    expect(refusal(url)).toContain('begins with http:// or https://')
  })
})

test.each([['169.254.169.254'], ['127.0.0.1'], ['::1']])(
  'a name that leads to %s at that moment gets no message',
  async (address) => {
    const resolve = ((_name: string, _options: object, done: (error: null, found: object[]) => void) =>
      done(null, [
        { address: '192.0.2.1', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ])) as typeof lookup
    const dispatcher = webhookDispatcher({ toLoopback: false }, resolve)
    onTestFinished(() => dispatcher.destroy())
    await expect(request('http://pager.example.test/', { dispatcher })).rejects.toThrow(
      /pager\.example\.test leads there: Webhooks may not go to/,
    )
  },
)
