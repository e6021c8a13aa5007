import { execFile } from 'node:child_process'
import { chmodSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listening, listensText, makeAddress } from '../src/address.ts'
import { takeDataFolder } from '../src/data-folder.ts'
import { makeFolder } from '../src/make-folder.ts'
import { openController } from './support/controller.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

describe('the data folder', () => {
  test('is for its owner only', () => {
    const folder = join(temporaryFolder(), 'deep', 'data')
    const data = takeDataFolder(folder)
    onTestFinished(() => data.release())
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  test('is used by one controller at a time', () => {
    const folder = temporaryFolder()
    const first = takeDataFolder(folder)
    expect(() => takeDataFolder(folder)).toThrow('Another controller uses the data folder')
    first.release()
    takeDataFolder(folder).release()
  })

  test('that cannot be written is a clear sentence', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(() => takeDataFolder(file)).toThrow(/cannot be written .*--data/)
    const readOnly = temporaryFolder()
    chmodSync(readOnly, 0o500)
    // The superuser may write anywhere; for everybody else this is refused.
    if (process.getuid?.() !== 0) expect(() => takeDataFolder(join(readOnly, 'data'))).toThrow('--data')
  })
})

describe('a folder that is made', () => {
  test('where nobody can make one is refused at once, and not tried for ever', async () => {
    const started = run(process.execPath, [main, '--data', '/proc/chaos-lite/data'], { timeout: 50_000 })
    await expect(started).rejects.toMatchObject({
      killed: false,
      stderr: expect.stringMatching(/The data folder \/proc\/chaos-lite\/data cannot be written .*--data/),
    })
    expect(() => makeFolder('/proc/chaos-lite/data')).toThrow(/mkdir '\/proc\/chaos-lite'/)
  })

  test('is made with all that leads to it, for its owner only, and may be there already', () => {
    const folder = join(temporaryFolder(), 'a', 'b', 'c')
    makeFolder(folder)
    makeFolder(folder)
    expect([folder, join(folder, '..')].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700])
  })

  test('below a file, or below a link that leads nowhere, cannot be', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    symlinkSync('nowhere', join(folder, 'link'))
    for (const name of ['file/data', 'file/deep/data', 'link/data']) {
      expect(() => makeFolder(join(folder, name))).toThrow(/ENOTDIR|EEXIST|ENOENT/)
    }
  })
})

describe('the address', () => {
  test('a port in use says what to do', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as AddressInfo
    await expect(openController({ port })).rejects.toThrow(/Port \d+ .*in use.*--port/)
  })

  test('that is no address of this machine, or no address at all, says what to do', async () => {
    const listening = (host: string) => openController({ host, dataFolder: join(temporaryFolder(), 'data') })
    await expect(listening('192.0.2.1')).rejects.toThrow('The address 192.0.2.1 is not one of this machine')
    await expect(listening('no.such.name.invalid')).rejects.toThrow(/"no\.such\.name\.invalid" is no known .*--host/)
  })

  test('only our own names are origins of our pages', () => {
    const local = makeAddress({ dataFolder: '/x' }, null)
    listening(local, { host: '127.0.0.1', port: 8321, tls: false })
    expect([...local.origins]).toEqual(['http://127.0.0.1:8321', 'http://localhost:8321'])
    const proxied = makeAddress({ dataFolder: '/x', publicUrl: 'https://chaos.example.test/' }, null)
    listening(proxied, { host: '127.0.0.1', port: 8321, tls: false })
    expect(proxied).toMatchObject({ publicUrl: 'https://chaos.example.test', secure: true })
    expect(proxied.origins.has('https://chaos.example.test')).toBe(true)
  })

  test('what it listens on is the address that was asked for, with the one to open beside it', () => {
    const here = { url: 'http://127.0.0.1:8321', publicUrl: 'http://127.0.0.1:8321' }
    expect(listensText('127.0.0.1', here)).toBe('http://127.0.0.1:8321')
    const named = { url: 'https://127.0.0.1:8321', publicUrl: 'https://erp:8321' }
    expect(listensText('0.0.0.0', named)).toBe(
      '0.0.0.0 port 8321, on every address of this machine; browsers and agents use https://erp:8321',
    )
    expect(listensText('::', named)).toContain(':: port 8321, on every address')
    const one = { url: 'https://192.0.2.7:8321', publicUrl: 'https://192.0.2.7:8321' }
    expect(listensText('192.0.2.7', one)).toBe('https://192.0.2.7:8321')
    const proxied = { url: 'http://127.0.0.1:8321', publicUrl: 'https://chaos.example.test' }
    expect(listensText('127.0.0.1', proxied)).toBe(
      'http://127.0.0.1:8321; browsers and agents use https://chaos.example.test',
    )
  })

  test.each(['chaos.example.test', 'ftp://x', 'https://x/path', 'https://user@x'])(
    '%s is no public url',
    (publicUrl) => {
      expect(() => makeAddress({ dataFolder: '/x', publicUrl }, null)).toThrow('--public-url')
    },
  )
})

describe('the program', () => {
  test('prints where it listens and the first password, and stops gently on SIGTERM', async () => {
    const child = execFile(process.execPath, [main, '--data', join(temporaryFolder(), 'data'), '--port', '0'])
    let text = ''
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk) => {
        text += chunk
        if (text.includes('First log-in')) resolve()
      })
    })
    expect(text).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+/)
    expect(text).toMatch(/user admin, password \S{20}/)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  test.each([
    [['--tls-cert', '/nowhere'], /^Give --tls-cert and --tls-key together.*\n$/],
    [['--drills', '/nowhere/drills', '--port', '0'], /^The folder of drills .* does not exist.*\n$/],
    [['--host', '192.0.2.1', '--port', '0'], /^The address 192\.0\.2\.1 is not one of this machine.*\n$/],
    [['--public-url', 'x', '--port', '0'], /^--public-url must be like .*\n$/],
  ])('says one sentence and exits with 2 when it cannot start (%j)', async (flags, sentence) => {
    const failed = run(process.execPath, [main, '--data', join(temporaryFolder(), 'data'), ...flags])
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(sentence) })
  })
})

describe('TLS', () => {
  test('agents and browsers are served over it, and cookies are secure', async () => {
    const folder = temporaryFolder()
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ed25519',
      '-nodes',
      '-days',
      '1',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ])
    const controller = await openController({ tlsCertFile: cert, tlsKeyFile: key })
    expect(controller.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(controller.agentUrl).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/agent$/)
    const { Agent, request } = await import('undici')
    const { readFileSync } = await import('node:fs')
    const dispatcher = new Agent({ connect: { ca: readFileSync(cert, 'utf8') } })
    onTestFinished(() => dispatcher.close())
    const answer = await request(`${controller.url}/api/v1/session`, {
      ...{ method: 'POST', dispatcher, headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ user: 'admin', password: controller.firstPassword }),
    })
    await answer.body.dump()
    expect(answer.statusCode).toBe(200)
    expect(String(answer.headers['set-cookie'])).toContain('Secure')
    expect(answer.headers['strict-transport-security']).toContain('max-age=31536000')
  })
})
