import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer as createPlain } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HostView } from '@chaos-lite/shared/api'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Api, connectApi } from '../packages/cli/src/client/api.ts'
import { makeProgram } from '../packages/cli/src/program.ts'
import type { Terminal } from '../packages/cli/src/terminal.ts'
import { makeControllerProgram } from '../packages/controller/src/program.ts'
import { certify, makeAuthority } from '../packages/controller/src/tls/certificates.ts'
import { temporaryFolder } from '../packages/controller/test/support/temporary-folder.ts'

const run = promisify(execFile)
const main = 'packages/cli/src/main.ts'

/** The command line as a person without a terminal has it: nothing can be asked. */
async function refused(args: readonly string[], env: Record<string, string> = {}) {
  const options = { env: { PATH: process.env.PATH ?? '', XDG_CONFIG_HOME: '/nonexistent', ...env } }
  const child = run(process.execPath, ['--import', 'tsx', main, ...args], options)
  child.child.stdin?.end()
  return child.then(
    () => ({ code: 0, stdout: '', stderr: '' }),
    (thrown: { code: number; stdout: string; stderr: string }) => thrown,
  )
}

describe('the programs', () => {
  test('say their version, which is that of their package', () => {
    const versionOf = (name: string): unknown =>
      JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')).version
    const nothing = () => undefined
    const command = makeProgram({} as Terminal, new AbortController().signal, nothing)
    expect(command.version()).toBe(versionOf('cli'))
    const controller = makeControllerProgram({ run: nothing, backUp: nothing, restore: nothing })
    expect(controller.version()).toBe(versionOf('controller'))
  })
})

describe('without a terminal', () => {
  test('a new password that is too short is refused in the words of people', async () => {
    const session = { user: 'admin', role: 'administrator', clients: [], mustChangePassword: true, token: 'T' }
    const asked: string[] = []
    const controller = createPlain((request, answer) => {
      asked.push(`${request.method} ${request.url}`)
      answer.end(JSON.stringify(session))
    })
    const port = await listening(controller as unknown as Server)
    const { code, stderr } = await refused(['login', `http://127.0.0.1:${port}`, '--user', 'admin'], {
      ...{ XDG_CONFIG_HOME: temporaryFolder(), CHAOS_LITE_PASSWORD: 'once', CHAOS_LITE_NEW_PASSWORD: 'short' },
    })
    expect(code).toBe(2)
    expect(stderr).toContain('The new password must have 12 to 512 characters.')
    expect(asked).toEqual(['POST /api/v1/session'])
  })

  test('a log-in is refused with one sentence, and nothing of a terminal is written', async () => {
    const { code, stdout, stderr } = await refused(['login', 'http://127.0.0.1:9', '--user', 'admin'])
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'There is no terminal to ask at. Set CHAOS_LITE_PASSWORD.\n',
    })
  })

  test('an address that is none is refused before anything is asked', async () => {
    const { code, stderr } = await refused(['login', 'chaos.example.test'])
    expect(code).toBe(2)
    expect(stderr).toBe(
      'chaos.example.test is not the address of a controller. Give it such as https://chaos.example.test:8321\n',
    )
  })
})

async function listening(server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** Controllers that are not what the command line takes them for, and the sentence that it ends with. */
async function sentence(url: string, caFile: string | null = null): Promise<string> {
  const api: Api = await connectApi({ url, token: 'x', caFile })
  return api.get('/hosts/x', HostView).then(
    () => 'it answered',
    (error: Error) => error.message,
  )
}

describe('a controller that cannot be reached', () => {
  test('has a certificate of an authority that this machine does not know: --ca-file is named', async () => {
    const nowMs = Date.now()
    const authority = await makeAuthority(nowMs)
    const folder = temporaryFolder()
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const answering = (name: string, atMs: number, with_ = authority) =>
      certify(with_, [name], atMs).then((own) =>
        listening(createServer({ key: own.key, cert: own.cert }, (_, answer) => answer.end('{}'))),
      )
    const port = await answering('127.0.0.1', nowMs)
    const unknown = `The certificate of https://127.0.0.1:${port} is of an authority that this machine does not know. Give the authority's certificate with --ca-file`
    expect(await sentence(`https://127.0.0.1:${port}`)).toContain(unknown)
    const stranger = file('other.pem', (await makeAuthority(nowMs)).cert)
    expect(await sentence(`https://127.0.0.1:${port}`, stranger)).toContain(`is not of the authority in ${stranger}`)
    const ours = file('ca.pem', authority.cert)
    const another = await answering('other.example.test', nowMs)
    expect(await sentence(`https://127.0.0.1:${another}`, ours)).toContain('is for other names (other.example.test)')
    const old = await answering('127.0.0.1', nowMs - 400 * 86_400_000)
    expect(await sentence(`https://127.0.0.1:${old}`, ours)).toContain('is no longer valid')
    expect(await sentence(`https://127.0.0.1:${port}`, ours)).toContain(
      'answered in a form that this program does not know',
    )
    expect(await sentence(`http://127.0.0.1:${port}`)).toContain('it may speak https')
  })

  test('speaks no https, has no such name, or is not there', async () => {
    const plain = await listening(createPlain((_, answer) => answer.end('{}')) as unknown as Server)
    expect(await sentence(`https://127.0.0.1:${plain}`)).toContain('does not speak https')
    expect(await sentence('https://nowhere.invalid')).toContain('no address is known for the name nowhere.invalid')
    expect(await sentence('http://127.0.0.1:2')).toContain('nothing listens there')
  })
})
