import { execFileSync } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certificateProbe } from '../../src/probes/certificate.ts'
import { isHarmless } from '../../src/probes/harmless.ts'
import { judge } from '../../src/probes/judge.ts'
import { localHost, lookOnce, seenBy, temporaryFolder } from '../fixtures/local-host.ts'

const DAY_MS = 86_400_000

/** A self-signed certificate and its key, made by openssl. */
async function makeOne(name: string, days: number): Promise<{ folder: string; cert: string; key: string }> {
  const folder = await temporaryFolder()
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const what = ['-days', String(days), '-subj', `/O=Example/CN=${name}`, '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', ...kind, ...what], { stdio: 'pipe' })
  return { folder, cert, key }
}

/** This machine, at another time. */
function hostIn(days: number) {
  const { clock } = localHost()
  return localHost({
    parts: {
      clock: {
        bootId: clock.bootId,
        monoMs: () => clock.monoMs(),
        wallMs: () => clock.wallMs() + days * DAY_MS,
      },
    },
  })
}

describe('the certificates in a file', () => {
  it('are read from PEM, with the days that are left', async () => {
    const { cert } = await makeOne('vpn.example.test', 30)
    expect(await seenBy(certificateProbe, { path: cert })).toEqual({
      ...{ exists: true, certificates: 1, daysLeft: 29, notYetDays: 0 },
      ...{ subject: 'vpn.example.test', issuer: 'vpn.example.test' },
    })
  })

  it('do not show where a link leads that was set after the policy was asked', async () => {
    const { folder, cert } = await makeOne('vpn.example.test', 30)
    const path = join(folder, 'link.pem')
    await symlink(cert, path)
    const seen = await lookOnce(certificateProbe, { path }, { mayRead: (place) => place === path })
    expect(seen).toEqual({ evaluated: false, message: expect.stringContaining('does not allow to be looked at') })
    expect(await lookOnce(certificateProbe, { path }, { mayRead: (place) => place === cert })).toMatchObject({
      value: { certificates: 1 },
    })
  })

  it('are read from DER', async () => {
    const { folder, cert } = await makeOne('vpn.example.test', 30)
    const der = join(folder, 'cert.der')
    execFileSync('openssl', ['x509', '-in', cert, '-outform', 'DER', '-out', der])
    expect(await seenBy(certificateProbe, { path: der })).toMatchObject({ certificates: 1, daysLeft: 29 })
  })

  it('are judged by the first to end, whatever else is in the file', async () => {
    const [long, short] = [await makeOne('long.example.test', 300), await makeOne('short.example.test', 20)]
    const bundle = join(long.folder, 'bundle.pem')
    const parts = await Promise.all([long.key, long.cert, short.cert].map((path) => readFile(path, 'utf8')))
    await writeFile(bundle, `# a bundle\n${parts.join('\nand then\n')}`)
    const seen = await lookOnce(certificateProbe, { path: bundle })
    expect(seen).toMatchObject({ value: { certificates: 2, daysLeft: 19, subject: 'short.example.test' } })
    expect(judge(seen, certificateProbe.expect({ path: bundle })).status).toBe('up')
    expect(JSON.stringify(seen)).not.toContain('PRIVATE')
  })

  it.each([
    ['soon', 20, 'down', 9],
    ['long ago', 40, 'down', -11],
    ['not before some days', -3, 'down', 32],
    ['far away', 0, 'up', 29],
  ])('that end %s are %s', async (_, days, status, daysLeft) => {
    const { cert } = await makeOne('vpn.example.test', 30)
    const seen = await lookOnce(certificateProbe, { path: cert }, { host: hostIn(days) })
    expect(seen).toMatchObject({ value: { daysLeft } })
    expect(judge(seen, certificateProbe.expect({ path: cert })).status).toBe(status)
  })

  it('that are not there are down, and what is no certificate is not evaluated', async () => {
    const { folder, key } = await makeOne('vpn.example.test', 30)
    const missing = await lookOnce(certificateProbe, { path: join(folder, 'none.pem') })
    expect(judge(missing, certificateProbe.expect({ path: '' })).status).toBe('down')
    expect(await lookOnce(certificateProbe, { path: key })).toEqual({
      ...{ evaluated: false, message: `${key} holds no certificate` },
    })
  })

  it('that are damaged in any way are answered without an exception', async () => {
    const { folder, cert } = await makeOne('vpn.example.test', 30)
    const bytes = await readFile(cert)
    const path = join(folder, 'damaged.pem')
    const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const damaged = Buffer.from(bytes)
        for (const [at, byte] of changes) damaged[at] = byte
        await writeFile(path, damaged)
        const seen = await lookOnce(certificateProbe, { path })
        expect(typeof seen.evaluated).toBe('boolean')
      }),
      { numRuns: 50 },
    )
  })

  it('must be named in the policy', () => {
    expect(isHarmless(certificateProbe.params)).toBe(false)
    expect(certificateProbe.asks({ path: '/etc/vpn.pem' })).toEqual([{ kind: 'file', value: '/etc/vpn.pem' }])
  })
})
