import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type ChaosError, CloseCode, type ControllerFrame } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { composeWorld } from '../../src/compose.ts'
import { enrol, publicKeyOf, readIdentity, readToken, splitToken } from '../../src/identity/index.ts'
import type { EnrolRequest, Terminal } from '../../src/world.ts'
import { FakeController, hostId } from '../link/fake-controller.ts'
import { temporaryFolder } from '../outbox/support.ts'

const token = 'T'.repeat(43)

async function enrolling(reply: (controller: FakeController) => ControllerFrame | number) {
  const folder = await temporaryFolder()
  const controller = await FakeController.start(createServer())
  const identityFile = join(folder.path, 'state', 'identity.json')
  const asked = enrol({ controllerUrl: controller.url, token, labels: { role: 'demo' }, identityFile })
  const settled = asked.then(
    (value) => ({ value, error: null }),
    (error: Error) => ({ value: null, error }),
  )
  const peer = await controller.peer()
  const frame = await peer.next('enrol')
  const answer = reply(controller)
  if (typeof answer === 'number') peer.socket.close(answer)
  else peer.send(answer)
  return {
    frame,
    identityFile,
    controller,
    ...(await settled),
    async [Symbol.asyncDispose]() {
      await controller[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('enrolling presents the token and the public key, and keeps what the controller answers', async () => {
  await using done = await enrolling((controller) => ({
    type: 'enrolled',
    hostId,
    controllerKey: publicKeyOf(controller.key),
    approved: false,
  }))
  expect(done.value).toMatchObject({ hostId, approved: false })
  expect(done.frame).toMatchObject({ token, labels: { role: 'demo' } })
  const identity = await readIdentity(done.identityFile)
  expect(identity?.controllerKey).toBe(publicKeyOf(done.controller.key))
  expect(identity && publicKeyOf(identity.privateKey)).toBe(done.frame.publicKey)
})

test('the private key never leaves the host', async () => {
  await using done = await enrolling(() => CloseCode.enrolmentRefused)
  expect(JSON.stringify(done.frame)).not.toContain('PRIVATE')
  expect(Object.keys(done.frame).sort()).toEqual(['hostname', 'labels', 'publicKey', 'token', 'type'])
})

test('a refused token is said to be refused, without being repeated, and no identity is left', async () => {
  await using done = await enrolling(() => CloseCode.enrolmentRefused)
  expect(done.error).toMatchObject({ code: 'not-allowed' })
  expect(done.error?.message).toContain('unknown, used, or expired')
  expect(done.error?.message).toContain('chaos-lite token create')
  expect(done.error?.message).not.toContain(token)
  expect(existsSync(done.identityFile)).toBe(false)
})

test('another close is reported with its reason', async () => {
  await using done = await enrolling(() => CloseCode.tooManyFrames)
  expect(done.error?.message).toContain('4429: Too many frames')
})

test('a controller that answers something else is no controller', async () => {
  await using done = await enrolling(() => ({ type: 'clock', id: 1 }))
  expect(done.error?.message).toContain('answered the enrolment with something else')
  expect(existsSync(done.identityFile)).toBe(false)
})

test('a controller that is not there is named in the error', async () => {
  await using folder = await temporaryFolder()
  const options = { controllerUrl: 'ws://127.0.0.1:9', token, labels: {}, identityFile: join(folder.path, 'i.json') }
  const error = await enrol(options).catch((thrown: ChaosError) => thrown)
  expect(error).toMatchObject({ code: 'host-offline' })
  expect(String(error)).toContain('The controller at ws://127.0.0.1:9 cannot be reached: ')
  expect(String(error)).toContain('Is the controller running')
})

test('a token comes from a file, the standard input or the environment', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'token')
  await writeFile(file, `${token}\n`)
  expect(await readToken({ file })).toBe(token)
  expect(await readToken({ file: '-', stdin: Readable.from([token]) as unknown as NodeJS.ReadableStream })).toBe(token)
  expect(await readToken({ environment: { CHAOS_LITE_TOKEN: token } })).toBe(token)
})

test('a token may bring the authority of the controller, and is taken whole', async () => {
  const whole = `${token}.${'A'.repeat(543)}`
  expect(await readToken({ environment: { CHAOS_LITE_TOKEN: whole } })).toBe(whole)
  await expect(readToken({ environment: { CHAOS_LITE_TOKEN: `${token}.short` } })).rejects.toThrow('looks cut')
  expect(splitToken(token)).toEqual({ secret: token, caPem: null })
  expect(() => splitToken(whole)).toThrow('it looks cut: copy it whole')
})

test.each([
  ['cut', token.slice(0, 40), 'it looks cut: copy it whole'],
  ['cut in its authority', `${token}.AAAA`, 'it looks cut: copy it whole'],
  ['broken over lines', `${token.slice(0, 20)}\n${token.slice(20)}`, 'copy it as one line'],
  ['empty', '', 'there is nothing'],
])('a token that is %s is reported as that', async (_, given, words) => {
  await expect(readToken({ environment: { CHAOS_LITE_TOKEN: given } })).rejects.toThrow(words)
})

test('what is no token is refused and not repeated', async () => {
  const error = await readToken({ environment: { CHAOS_LITE_TOKEN: 'my password' } }).catch((thrown: Error) => thrown)
  expect(String(error)).toContain('43 letters')
  expect(String(error)).not.toContain('my password')
})

test('without a token the error says where one may come from', async () => {
  await expect(readToken({ environment: {} })).rejects.toThrow('--token-file')
})

/** As `chaos-lite-agent enrol` does it, for a host whose files are below `root`. */
function enrolAt(root: string, changed: Partial<EnrolRequest>) {
  const stop = new AbortController().signal
  const terminal: Terminal = { out: () => {}, err: () => {}, interactive: false, ask: async () => false, stop }
  const request = { controllerUrl: 'ws://127.0.0.1:9', labels: {}, tokenFile: null, caFile: null, ...changed }
  return composeWorld(terminal, root).enrol(request, terminal)
}

test.each([
  ['a missing certificate', { caFile: '/nowhere/ca.pem' }, 'cannot be read'],
  ['a label of the wrong form', { labels: { 'No Label': 'x' } }, 'A label is not as it must be'],
])('%s is refused before the controller is asked', async (_, changed, words) => {
  await using folder = await temporaryFolder()
  await expect(enrolAt(folder.path, changed)).rejects.toThrow(words)
})

test('a private key in place of a certificate is refused', async () => {
  await using folder = await temporaryFolder()
  const caFile = join(folder.path, 'ca.pem')
  await writeFile(caFile, '-----BEGIN PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----')
  await expect(enrolAt(folder.path, { caFile })).rejects.toThrow('is not a certificate')
})
