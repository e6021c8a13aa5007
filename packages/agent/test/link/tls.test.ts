import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer as createProxy, type Server } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openSocket } from '../../src/net/socket.ts'
import { temporaryFolder } from '../outbox/support.ts'
import { FakeController } from './fake-controller.ts'
import { linkTo } from './support.ts'

const run = promisify(execFile)
let folder: Awaited<ReturnType<typeof temporaryFolder>>

/** An authority with a certificate for `name`, made by openssl; and another authority that signed nothing. */
async function certificate(name: string, names: string) {
  const at = (file: string) => join(folder.path, `${name}-${file}`)
  const openssl = (...args: string[]) => run('openssl', args)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-subj',
    '/CN=test authority',
    '-days',
    '2',
  )
  await openssl(
    'req',
    ...key,
    '-keyout',
    at('key.pem'),
    '-out',
    at('csr.pem'),
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=${names}`,
  )
  await openssl(
    'x509',
    '-req',
    '-in',
    at('csr.pem'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-out',
    at('cert.pem'),
    '-days',
    '1',
    '-copy_extensions',
    'copy',
  )
  const read = (file: string) => readFile(at(file), 'utf8')
  return { ca: await read('ca.pem'), key: await read('key.pem'), cert: await read('cert.pem') }
}

let good: Awaited<ReturnType<typeof certificate>>
let other: Awaited<ReturnType<typeof certificate>>

beforeAll(async () => {
  folder = await temporaryFolder()
  good = await certificate('good', 'IP:127.0.0.1')
  other = await certificate('other', 'DNS:other.example.test')
})
afterAll(() => folder[Symbol.asyncDispose]())
afterEach(() => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  delete process.env.HTTPS_PROXY
})

test('the link is made over TLS to a controller of the private authority given at enrolment', async () => {
  await using controller = await FakeController.start(createServer(good))
  await using _agent = await linkTo(controller, controller.identity(`https://127.0.0.1:${controller.port}`, good.ca))
  const peer = await controller.welcome()
  await peer.next('inventory')
})

test.each([
  ['an unknown authority', () => ({ server: good, ca: null })],
  ['another authority than the one given', () => ({ server: good, ca: other.ca })],
  ['another name in its certificate', () => ({ server: other, ca: other.ca })],
])('a controller with %s is not talked to', async (_, choose) => {
  const { server, ca } = choose()
  await using controller = await FakeController.start(createServer(server))
  const controllerUrl = `https://127.0.0.1:${controller.port}`
  await expect(openSocket({ controllerUrl, caPem: ca })).rejects.toMatchObject({ code: 'host-offline' })
})

test('no environment variable turns the verification off', async () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  await using controller = await FakeController.start(createServer(good))
  const controllerUrl = `https://127.0.0.1:${controller.port}`
  await expect(openSocket({ controllerUrl, caPem: null })).rejects.toMatchObject({ code: 'host-offline' })
})

/** An HTTP proxy that joins `CONNECT name:port` with the controller, whatever the name. */
async function proxyTo(port: number): Promise<{ server: Server; asked: string[] }> {
  const asked: string[] = []
  const server = createProxy()
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const there = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      there.pipe(socket).pipe(there)
    })
    there.on('error', () => socket.destroy())
    socket.on('error', () => there.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, asked }
}

test('an HTTP proxy is used, and TLS through it is verified as well', async () => {
  await using controller = await FakeController.start(createServer(other))
  const { server, asked } = await proxyTo(controller.port)
  process.env.HTTPS_PROXY = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const socket = await openSocket({ controllerUrl: 'https://other.example.test', caPem: other.ca })
  socket.terminate()
  expect(asked).toEqual(['other.example.test:443'])
  await expect(openSocket({ controllerUrl: 'https://else.example.test', caPem: other.ca })).rejects.toThrow(
    'else.example.test',
  )
  server.close()
  server.closeAllConnections()
})

test('the machine itself is never reached through a proxy', async () => {
  process.env.HTTPS_PROXY = 'http://127.0.0.1:9'
  await using controller = await FakeController.start(createServer(good))
  const socket = await openSocket({ controllerUrl: `https://127.0.0.1:${controller.port}`, caPem: good.ca })
  socket.terminate()
})
