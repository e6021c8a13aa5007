import { generateKeyPairSync } from 'node:crypto'
import { chmod, chown, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certificateReplace } from '../../../src/actions/certificate/replace.ts'
import type { Host } from '../../../src/host/host.ts'
import type { SimulatedService } from '../../../src/host/simulated/services.ts'
import { isRoot, manifest } from '../../host/support.ts'
import { prepare } from '../support.ts'
import { madePair } from './make.ts'
import { type CertificateStage, certificateStage, params } from './scene.ts'

/** Why it is refused; the host must stay as it is. */
async function refused(scene: CertificateStage, given: object = params, change: Partial<Host> = {}): Promise<string> {
  const before = await manifest(scene.root)
  const context = { ...scene.context, host: { ...scene.host, ...change } as Host }
  const thrown = await prepare(certificateReplace, context, given).then(
    () => new Error('not refused'),
    (error: Error) => error,
  )
  expect(await manifest(scene.root)).toEqual(before)
  return `${(thrown as { code?: string }).code}: ${thrown.message}`
}

describe('a service', () => {
  const withState = async (state: SimulatedService) => {
    const scene = await certificateStage()
    scene.host.services.set('nginx', state)
    return refused(scene)
  }

  it.each([
    ['without a reload', { canReload: false }, /^cannot-restore: nginx\.service offers no reload/],
    ['that does not run', { activeState: 'inactive' }, /^wrong-state: nginx\.service does not run now/],
    [
      'that could not start again',
      { obstacles: ['Its configuration is broken.'] },
      /^cannot-restore: Its configuration/,
    ],
  ] as const)('%s is refused', async (_, state, reason) => expect(await withState(state)).toMatch(reason))

  it('that does not exist, or is none, is refused', async () => {
    const scene = await certificateStage()
    expect(await refused(scene, { ...params, service: 'none' })).toMatch(/^not-there: There is no service none/)
    expect(await refused(scene, { ...params, service: 'nginx.socket' })).toMatch(/^param-invalid: nginx\.socket is no/)
  })

  it('that is an SSH server by what it starts is refused, whatever it is called', async () => {
    const scene = await certificateStage()
    const unit = { name: 'nginx.service', names: ['nginx.service'], programs: ['/usr/sbin/sshd'] }
    const guards = {
      ...scene.host.guards,
      units: async () => [{ ...unit, triggeredBy: [], triggers: [], listens: [] }],
    }
    expect(await refused(scene, params, { guards })).toMatch(/^policy-refused: nginx\.service belongs to SSH/)
  })
})

describe('a pair', () => {
  const [pair, another] = [madePair(), madePair()]
  const ofFiles = (certificate: string, key: string) =>
    certificateStage(madePair(), { 'etc/a.crt': certificate, 'etc/a.key': key })
  const given = { service: 'nginx', certificate: '/etc/a.crt', key: '/etc/a.key' }
  const encrypted = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  }).privateKey
  const old = 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA'

  it.each([
    ['of a key of another certificate', pair.certificate, another.key, /does not belong to the private key/],
    [
      'whose own certificate does not come first',
      `${another.certificate}${pair.certificate}`,
      pair.key,
      /first certificate/,
    ],
    ['without a certificate', 'MIIB', pair.key, /holds no certificate/],
    ['with a damaged certificate', pair.certificate.replace(/\n[^-]{10}/, '\n'), pair.key, /holds no certificate/],
    ['without a key', pair.certificate, pair.certificate, /holds no private key/],
    ['with two keys', pair.certificate, `${pair.key}${another.key}`, /holds 2 private keys/],
    ['with an encrypted key', pair.certificate, encrypted, /is encrypted/],
    [
      'with a key that is encrypted the old way',
      pair.certificate,
      `-----BEGIN RSA PRIVATE KEY-----\n${old}\n-----END RSA PRIVATE KEY-----\n`,
      /is encrypted/,
    ],
    [
      'with a damaged key',
      pair.certificate,
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      /cannot be read/,
    ],
  ])('%s is refused', async (_, certificate, key, reason) => {
    const said = await refused(await ofFiles(certificate, key), given)
    expect(said).toMatch(/^param-invalid: /)
    expect(said).toMatch(reason)
  })

  it('of a kind of which none is made is refused', async () => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const strange = madePair({ keys })
    expect(await refused(await ofFiles(strange.certificate, strange.key), given)).toMatch(
      /^param-invalid: .* of a kind/,
    )
  })

  it('that is not valid now is refused: nothing would change', async () => {
    const [ended, coming] = [madePair({ fromDays: -90, toDays: -3 }), madePair({ fromDays: 2 })]
    expect(await refused(await ofFiles(ended.certificate, ended.key), given)).toMatch(
      /^wrong-state: .*expired [23] days ago/,
    )
    expect(await refused(await ofFiles(coming.certificate, coming.key), given)).toMatch(/^wrong-state: .*not valid yet/)
  })
})

describe('a file', () => {
  it('that does not exist is refused', async () => {
    const scene = await certificateStage()
    expect(await refused(scene, { ...params, key: '/etc/none.key' })).toMatch(/^not-there: \/etc\/none\.key/)
  })

  it('of the agent, or of the system, is refused, also by another name', async () => {
    const pair = madePair()
    const files = { 'var/lib/chaos-lite/tls.crt': pair.certificate, 'etc/ssh/x.crt': pair.certificate }
    const scene = await certificateStage(pair, { ...files, 'etc/nginx/private/erp.key': pair.key })
    await symlink('../ssh/x.crt', join(scene.root, 'etc/nginx/link.crt'))
    const own = { paths: ['/var/lib/chaos-lite'], names: [] }
    for (const certificate of ['/var/lib/chaos-lite/tls.crt', '/etc/ssh/x.crt', '/etc/nginx/link.crt']) {
      expect(await refused(scene, { ...params, certificate }, { own }), certificate).toMatch(/^policy-refused: /)
    }
  })

  it('with the certificate by which the agent reaches a controller on this host is refused', async () => {
    const scene = await certificateStage(madePair({ names: ['*.example.test'] }))
    const own = (name: string) => ({ paths: [], names: [name], links: [{ host: name, port: 8443 }] })
    const lookup = (address: string) => ({ ...scene.host.resolver, lookup: async () => [address] })
    const here = { own: own('chaos.example.test'), resolver: lookup('127.0.0.1') }
    expect(await refused(scene, params, here)).toMatch(/^policy-refused: .*valid for chaos\.example\.test/)
    // A controller elsewhere, and another name here, do not matter.
    const away = { own: own('chaos.example.test'), resolver: lookup('192.0.2.9') }
    const other = { own: own('chaos.other.test'), resolver: lookup('127.0.0.1') }
    for (const change of [away, other]) expect(await refused(scene, params, change)).toContain('not refused')
  })

  it.runIf(isRoot)('behind a link that others may let lead elsewhere is refused', async () => {
    const scene = await certificateStage()
    const theirs = join(scene.root, 'srv/theirs')
    await mkdir(theirs, { recursive: true })
    await symlink('../../etc/nginx/erp.crt', join(theirs, 'erp.crt'))
    await chown(theirs, 1001, 1001)
    await chmod(theirs, 0o755)
    const said = await refused(scene, { ...params, certificate: '/srv/theirs/erp.crt' })
    expect(said).toMatch(/^cannot-restore: \/srv\/theirs\/erp\.crt is a link below .*\/srv\/theirs,/)
  })
})
