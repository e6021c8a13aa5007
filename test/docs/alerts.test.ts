import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { AlertMessage } from '../../packages/controller/src/alert-messages/content.ts'
import { readAlert } from '../../packages/controller/src/alert-messages/read-alert.ts'
import { blocksOf } from './blocks.ts'

const blocks = blocksOf('docs/how-to/alerts.md')

/** The block of the page that has this in it. */
function block(part: string): string {
  const found = blocks.filter(({ text }) => text.includes(part))
  expect(found).toHaveLength(1)
  return found[0]?.text ?? ''
}

/** What arrives at an address when a shell runs the text. */
async function sentBy(shell: string, env: (address: string) => Record<string, string>): Promise<AlertMessage> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/alerts/secret`
  const { promise, resolve, reject } = Promise.withResolvers<AlertMessage>()
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    response.writeHead(204).end()
    expect(request.method).toBe('POST')
    resolve({ body: Buffer.concat(chunks), contentType: request.headers['content-type'] ?? '' })
  })
  const child = spawn('/bin/sh', ['-c', shell], { env: { PATH: process.env.PATH, ...env(address) }, stdio: 'ignore' })
  child.once('error', reject)
  child.once('exit', (code) => code !== 0 && reject(new Error(`The example ended with ${code}.`)))
  return promise
}

it.each(['firing', 'resolved'])('the example of any sender is read: %s', async (state) => {
  const message = await sentBy(block(`"status":"${state}"`), (address) => ({ ALERT_ADDRESS: address }))
  expect(readAlert(message)).toMatchObject({ state, text: expect.stringContaining('ERP') })
})

const types = [
  ['PROBLEM', 'firing'],
  ['RECOVERY', 'resolved'],
  ['ACKNOWLEDGEMENT', 'neither'],
]

it.each(types)('the script for Checkmk is read: %s', async (type, state) => {
  const message = await sentBy(block('NOTIFY_PARAMETER_1'), (address) => ({
    ...{ NOTIFY_NOTIFICATIONTYPE: type ?? '', NOTIFY_HOSTNAME: 'erp & co', NOTIFY_SERVICEDESC: 'HTTP=443' },
    ...{ NOTIFY_SERVICEOUTPUT: '100% loss', NOTIFY_PARAMETER_1: address },
  }))
  expect(readAlert(message)).toMatchObject({ state, sender: 'Checkmk' })
})

it.each(types)('the command for Nagios is read: %s', async (type, state) => {
  const line = /command_line\s+(.*)/.exec(block('define command'))?.[1] ?? ''
  const values: Record<string, string> = { NOTIFICATIONTYPE: type ?? '', HOSTNAME: 'erp', SERVICEDESC: 'HTTP & more' }
  // The address is known only once the server is there: the shell puts it in.
  const shell = line
    .replace('/usr/bin/curl', 'curl')
    .replaceAll(/\$([A-Z0-9]+)\$/g, (_, name) => values[name] ?? '$ADDRESS')
  const message = await sentBy(shell, (address) => ({ ADDRESS: address }))
  expect(readAlert(message)).toMatchObject({ state, sender: 'Nagios' })
})

it.each([
  ['1', '0', 'firing'],
  ['1', '1', 'neither'],
  ['0', '0', 'resolved'],
])('the script for Zabbix is read: value %s, update %s', (event_value, event_update_status, state) => {
  const sent: unknown[] = []
  class HttpRequest {
    addHeader(header: string): void {
      sent.push(header)
    }
    post(...all: unknown[]): void {
      sent.push(...all)
    }
    getStatus(): number {
      return 204
    }
  }
  const params = {
    address: 'https://x.example.test/',
    event_source: '0',
    event_update_status,
    event_value,
    subject: 'ERP',
  }
  const run = new Function('value', 'HttpRequest', block('new HttpRequest'))
  expect(run(JSON.stringify(params), HttpRequest)).toBe('OK')
  expect(sent.slice(0, 2)).toEqual(['Content-Type: application/json', params.address])
  const message = { body: Buffer.from(String(sent[2])), contentType: 'application/json' }
  expect(readAlert(message)).toMatchObject({ state, sender: 'Zabbix' })
})

it.each([
  ['Down', 'firing'],
  ['Down ended (now: Up)', 'resolved'],
  ['Down (Acknowledged)', 'neither'],
])('the payload for PRTG is read: %s', (status, state) => {
  const values: Record<string, string> = { sensorid: '2042', name: 'ERP', status, message: 'refused' }
  const payload = block('%status').replaceAll(/%(\w+)/g, (_, name) => encodeURIComponent(values[name] ?? ''))
  const message = { body: Buffer.from(payload), contentType: 'application/x-www-form-urlencoded' }
  expect(readAlert(message)).toMatchObject({ state, sender: 'PRTG' })
})
