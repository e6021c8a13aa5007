import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { sentenceOf } from '@chaos-lite/shared'
import { pino } from 'pino'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { certify, makeAuthority } from '../../src/tls/certificates.ts'
import { readGiven } from '../../src/tls/given-tls.ts'
import { openTls } from '../../src/tls/server-tls.ts'
import { openController } from '../support/controller.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const DAY_MS = 86_400_000
const log = pino({ level: 'silent' })

async function givenFiles(nowMs = Date.now()) {
  const folder = temporaryFolder()
  const authority = await makeAuthority(nowMs)
  const files = {
    tlsCertFile: join(folder, 'cert.pem'),
    tlsKeyFile: join(folder, 'key.pem'),
    tlsCaFile: join(folder, 'ca.pem'),
  }
  const put = async (names: string[]) => {
    const { cert, key } = await certify(authority, names, nowMs)
    writeFileSync(files.tlsCertFile, cert)
    writeFileSync(files.tlsKeyFile, key)
  }
  await put(['localhost', '127.0.0.1'])
  writeFileSync(files.tlsCaFile, authority.cert)
  return { ...files, put, authority }
}

/** The certificate that a server on this machine shows to who trusts this authority alone. */
function shown(url: string, ca: string | Buffer): Promise<X509Certificate> {
  const { port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca, rejectUnauthorized: true }, () => {
      const raw = socket.getPeerX509Certificate()
      socket.destroy()
      if (raw) resolve(raw)
    })
    socket.on('error', reject)
  })
}

describe('TLS of the controller', () => {
  afterEach(() => void vi.useRealTimers())

  test('is not needed on loopback, and is there by itself everywhere else', async () => {
    const dataFolder = temporaryFolder()
    expect(await openTls({ dataFolder, host: '127.0.0.1' })).toBeNull()
    const tls = await openTls({
      dataFolder,
      host: '0.0.0.0',
      publicUrl: 'https://chaos.example.test',
      tlsNames: ['c2'],
    })
    const certificate = new X509Certificate(tls?.first.cert ?? '')
    for (const name of ['chaos.example.test', 'c2', 'localhost', hostname()]) {
      expect(certificate.checkHost(name), name).toBe(name)
    }
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  })

  test('serves a certificate that its own authority alone makes trusted', async () => {
    const controller = await openController({ host: '0.0.0.0' })
    expect(controller.url).toMatch(/^https:/)
    const certificate = await shown(controller.url, readFileSync(controller.caFile ?? ''))
    expect(certificate.checkHost('localhost')).toBe('localhost')
    await expect(shown(controller.url, (await makeAuthority(Date.now())).cert)).rejects.toThrow(/certificate/)
    await expect(fetch(`${controller.url}/healthz`)).rejects.toThrow()
  })

  test("takes the user's certificate, and a renewed one without a restart", async () => {
    const given = await givenFiles()
    const tls = await openTls({ dataFolder: '/x', host: '0.0.0.0', ...given })
    const served: string[] = []
    const server = { setSecureContext: ({ cert }: { cert: string }) => void served.push(cert) }
    vi.useFakeTimers()
    const stop = tls?.keepFresh(server as unknown as Server, log)
    await vi.advanceTimersByTimeAsync(DAY_MS)
    expect(served).toEqual([])
    vi.useRealTimers()
    await given.put(['localhost', 'renewed.example.test'])
    vi.useFakeTimers()
    stop?.()
    const again = tls?.keepFresh(server as unknown as Server, log)
    await vi.advanceTimersByTimeAsync(DAY_MS)
    expect(served).toEqual([readFileSync(given.tlsCertFile, 'utf8')])
    again?.()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('renews its own certificate in time while it runs', async () => {
    let nowMs = Date.now()
    const tls = await openTls({ dataFolder: temporaryFolder(), host: '192.0.2.1' }, undefined, () => nowMs)
    const served = Promise.withResolvers<string>()
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const server = { setSecureContext: ({ cert }: { cert: string }) => served.resolve(cert) }
    const stop = tls?.keepFresh(server as unknown as Server, log)
    nowMs += 70 * DAY_MS
    vi.advanceTimersByTime(DAY_MS)
    expect(new X509Certificate(await served.promise).validToDate.getTime()).toBeGreaterThan(nowMs + 80 * DAY_MS)
    stop?.()
  })

  test('what was given wrongly is a clear sentence', async () => {
    const dataFolder = temporaryFolder()
    const { tlsCertFile, tlsKeyFile, tlsCaFile, authority } = await givenFiles()
    await expect(openTls({ dataFolder, tlsCertFile: '/nowhere' })).rejects.toThrow('together')
    await expect(openTls({ dataFolder, tlsCaFile })).rejects.toThrow('--tls-cert and --tls-key together')
    await expect(openTls({ dataFolder, tlsCertFile: '/nowhere', tlsKeyFile })).rejects.toThrow('--tls-cert')
    writeFileSync(tlsKeyFile, authority.key)
    await expect(openTls({ dataFolder, tlsCertFile, tlsKeyFile })).rejects.toThrow('does not belong to the certificate')
  })

  test('each wrong file is named with what is wrong about it, and never in the words of OpenSSL', async () => {
    const { tlsCertFile, tlsKeyFile, authority } = await givenFiles()
    const folder = temporaryFolder()
    const put = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = { type: 'pkcs8', format: 'pem' } as const
    const other = put('other.pem', String(privateKey.export(pem)))
    const locked = put('locked.pem', String(privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'x' })))
    const rubbish = put('rubbish.pem', 'rubbish')
    const authorityFile = put('authority.pem', authority.cert)
    const said = (cert: string, key: string) => {
      try {
        return String(readGiven(cert, key))
      } catch (error) {
        return sentenceOf(error)
      }
    }
    expect(said(rubbish, tlsKeyFile)).toBe(`${rubbish}, given with --tls-cert, is not a certificate in PEM.`)
    expect(said(tlsKeyFile, tlsKeyFile)).toBe(`${tlsKeyFile}, given with --tls-cert, is not a certificate in PEM.`)
    expect(said(tlsCertFile, rubbish)).toBe(`${rubbish}, given with --tls-key, is not a private key in PEM.`)
    expect(said(tlsCertFile, tlsCertFile)).toBe(`${tlsCertFile}, given with --tls-key, is not a private key in PEM.`)
    expect(said(tlsCertFile, locked)).toMatch(/locked\.pem, given with --tls-key, is encrypted\. Give a key without/)
    expect(said(tlsCertFile, other)).toBe(`The private key ${other} does not belong to the certificate ${tlsCertFile}.`)
    expect(said(authorityFile, tlsKeyFile)).toContain('does not belong to the certificate')
    expect(said(join(folder, 'none'), tlsKeyFile)).toBe(
      `The file given with --tls-cert, ${join(folder, 'none')}, cannot be read: it does not exist.`,
    )
    expect(said(tlsCertFile, folder)).toBe(`The file given with --tls-key, ${folder}, cannot be read: it is a folder.`)
  })

  test('a private key given as the authority never gets into a token', async () => {
    const { tlsCaFile, authority, ...given } = await givenFiles()
    writeFileSync(tlsCaFile, authority.key)
    await expect(openTls({ dataFolder: '/x', ...given, tlsCaFile })).rejects.toThrow('--tls-ca')
    writeFileSync(tlsCaFile, `${authority.key}${authority.cert}`)
    const tls = await openTls({ dataFolder: '/x', ...given, tlsCaFile })
    expect(tls?.caPem).not.toContain('PRIVATE')
  })
})
