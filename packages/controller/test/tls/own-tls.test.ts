import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeAuthority } from '../../src/tls/certificates.ts'
import { OwnTls } from '../../src/tls/own-tls.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const DAY_MS = 86_400_000
const nowMs = Date.now()
const names = ['chaos.example.test', '192.0.2.7', '2001:db8::7', 'localhost']

function opened(given = names) {
  const folder = temporaryFolder()
  const tls = new OwnTls(folder, given)
  return { folder, tls, at: (name: string) => join(folder, 'tls', name) }
}

const certificate = (pem: string) => new X509Certificate(pem)

describe("the controller's own authority", () => {
  test('is made at first start, signs a certificate for every name and address, and may sign nothing below it', async () => {
    const { tls } = opened()
    const served = certificate((await tls.current(nowMs)).cert)
    const authority = certificate(readFileSync(tls.caFile, 'utf8'))
    expect([authority.ca, served.ca]).toEqual([true, false])
    expect(served.checkIssued(authority) && served.verify(authority.publicKey)).toBe(true)
    expect(served.checkHost('chaos.example.test')).toBe('chaos.example.test')
    expect(served.checkIP('192.0.2.7')).toBe('192.0.2.7')
    expect(served.checkIP('2001:db8::7')).toBeDefined()
    expect(served.checkHost('other.example.test')).toBeUndefined()
  })

  test('keeps its keys for its owner only', async () => {
    const { tls, at, folder } = opened()
    await tls.current(nowMs)
    for (const name of ['ca.key', 'server.key']) expect(statSync(at(name)).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'tls')).mode & 0o777).toBe(0o700)
    expect(readFileSync(tls.caFile, 'utf8')).not.toContain('PRIVATE')
  })

  test('is the same after a restart, and so is the certificate', async () => {
    const { tls, folder } = opened()
    const first = await tls.current(nowMs)
    expect(await new OwnTls(folder, names).current(nowMs + DAY_MS)).toEqual(first)
  })

  test('renews the certificate a month before it ends, under the same authority', async () => {
    const { tls } = opened()
    const first = await tls.current(nowMs)
    const authority = readFileSync(tls.caFile, 'utf8')
    const validMs = Date.parse(certificate(first.cert).validTo) - nowMs
    expect(await tls.current(nowMs + validMs - 31 * DAY_MS)).toEqual(first)
    const renewedMs = nowMs + validMs - 29 * DAY_MS
    const second = await tls.current(renewedMs)
    expect(second.cert).not.toBe(first.cert)
    expect(Date.parse(certificate(second.cert).validTo)).toBeGreaterThan(renewedMs + 80 * DAY_MS)
    expect(readFileSync(tls.caFile, 'utf8')).toBe(authority)
    expect(certificate(second.cert).verify(certificate(authority).publicKey)).toBe(true)
  })

  test('makes the certificate anew when the controller has a name more', async () => {
    const { tls, folder } = opened()
    const first = await tls.current(nowMs)
    const more = await new OwnTls(folder, [...names, 'new.example.test']).current(nowMs)
    expect(more.cert).not.toBe(first.cert)
    expect(certificate(more.cert).checkHost('new.example.test')).toBe('new.example.test')
  })

  test('makes the certificate anew when its files are damaged, or are of another authority', async () => {
    const { tls, at } = opened()
    const first = await tls.current(nowMs)
    writeFileSync(at('server.pem'), 'torn')
    const second = await tls.current(nowMs)
    expect(second.cert).not.toBe(first.cert)
    const stranger = await makeAuthority(nowMs)
    writeFileSync(at('server.pem'), stranger.cert)
    writeFileSync(at('server.key'), stranger.key)
    const third = await tls.current(nowMs)
    expect(certificate(third.cert).checkIssued(certificate(readFileSync(tls.caFile, 'utf8')))).toBe(true)
    const ours = createPublicKey(createPrivateKey(third.key)).export({ type: 'spki', format: 'pem' })
    expect(certificate(third.cert).publicKey.export({ type: 'spki', format: 'pem' })).toBe(ours)
  })

  test('is never replaced behind the back of the agents that trust it', async () => {
    const { tls, at } = opened()
    await tls.current(nowMs)
    const stranger = await makeAuthority(nowMs)
    const kept = readFileSync(at('ca.key'), 'utf8')
    writeFileSync(at('ca.key'), stranger.key)
    await expect(tls.current(nowMs)).rejects.toThrow(/do not belong together.*every agent must be enrolled again/)
    rmSync(at('ca.key'))
    await expect(tls.current(nowMs)).rejects.toMatchObject({ code: 'wrong-state' })
    writeFileSync(at('ca.key'), kept)
    await expect(tls.current(nowMs)).resolves.toMatchObject({ cert: expect.stringContaining('CERTIFICATE') })
  })

  test('is not made anew where it was lost, unless somebody wants that', async () => {
    let was = false
    const made = async () => {
      was = true
    }
    const memory = { was: async () => was, made }
    const folder = temporaryFolder()
    const tls = new OwnTls(folder, ['localhost'], memory)
    await tls.current(nowMs)
    const kept = readFileSync(tls.caFile, 'utf8')
    rmSync(join(folder, 'tls'), { recursive: true })
    await expect(new OwnTls(folder, ['localhost'], memory).current(nowMs)).rejects.toThrow(
      /is missing: .*ca\.pem.*backup/,
    )
    writeFileSync(join(folder, 'tls', 'new-authority'), '')
    await tls.current(nowMs)
    expect(readFileSync(tls.caFile, 'utf8')).not.toBe(kept)
  })

  test('a crash between its two files leaves nothing that anybody trusts: it is made anew', async () => {
    const { tls, at } = opened()
    await tls.current(nowMs)
    rmSync(tls.caFile)
    chmodSync(at('ca.key'), 0o600)
    await expect(tls.current(nowMs)).resolves.toBeDefined()
  })
})
