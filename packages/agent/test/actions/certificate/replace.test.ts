import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readdir, readFile, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certificateReplace } from '../../../src/actions/certificate/replace.ts'
import { sentencesOf } from '../../../src/engine/explanation.ts'
import { manifest } from '../../host/support.ts'
import { inject, prepare } from '../support.ts'
import { madePair } from './make.ts'
import { certificateStage, params, textOf } from './scene.ts'

const certificateIn = (text: string) => new X509Certificate(text.slice(text.indexOf('-----BEGIN CERTIFICATE')))
const daysLeft = (text: string) => (Date.parse(certificateIn(text).validTo) - Date.now()) / 86_400_000

describe('an expired certificate', () => {
  it('takes the place of the original together with a key of its own, and the service reads both', async () => {
    const pair = madePair()
    const { root, context, read } = await certificateStage(pair)
    const { standing } = await inject(certificateReplace, context, params)
    const [certificate, key] = [textOf(root, 'nginx/erp.crt'), textOf(root, 'nginx/private/erp.key')]
    expect(read.at(-1)).toBe(`${certificate}${key}`)
    expect(daysLeft(certificate)).toBeCloseTo(-1, 1)
    expect(certificateIn(certificate).subjectAltName).toBe('DNS:erp.example.test')
    expect(key).toContain('BEGIN PRIVATE KEY')
    expect(key).not.toContain(pair.key.split('\n')[1])
    for (const text of [certificate, key]) expect(text).toContain(`# chaos-lite ${context.recordId}: `)
    // The certificate of the issuer stays behind it.
    expect(certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(await standing()).toBe('after')
  })

  it('gives way to the original, which the service reads again; rolling back twice is rolling back once', async () => {
    const { root, context, read } = await certificateStage()
    const before = await manifest(root)
    const { revert, standing } = await inject(certificateReplace, context, params)
    for (const _ of ['once', 'twice']) {
      expect(await revert()).toMatchObject({ restoration: 'identical', kept: [] })
      expect(await manifest(root)).toEqual(before)
      expect(read.at(-1)).toBe(read[0])
      expect(await standing()).toBe('before')
    }
  })

  it('stands in the one file that holds both, and nothing else of the file changes', async () => {
    const pair = madePair()
    const text = `# ours\n${pair.key}${pair.certificate}-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n`
    const { root, context } = await certificateStage(pair, { 'etc/haproxy.pem': text })
    const before = await manifest(root)
    const one = { service: 'nginx', certificate: '/etc/haproxy.pem', key: '/etc/haproxy.pem' }
    const { revert } = await inject(certificateReplace, context, one)
    const now = textOf(root, 'haproxy.pem')
    expect(certificateIn(now).checkPrivateKey(keyIn(now))).toBe(true)
    expect(now).toMatch(/^# ours\n# chaos-lite /)
    expect(now).toContain('MAA=')
    expect((await revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it.each(['pkcs8', 'sec1'] as const)('keeps the form in which the key is written: %s', async (format) => {
    const { root, context } = await certificateStage(madePair({ format }))
    const before = textOf(root, 'nginx/private/erp.key').split('\n')[0]
    await inject(certificateReplace, context, params)
    expect(textOf(root, 'nginx/private/erp.key')).toContain(before)
  })

  it('discloses nothing of a private key, and keeps its copies for the owner alone', async () => {
    const pair = madePair()
    const { context } = await certificateStage(pair)
    const undo = await prepare(certificateReplace, context, params)
    const secret = pair.key.split('\n')[1] ?? '?'
    const said = sentencesOf(certificateReplace.explain(params, undo), certificateReplace.words)
    const written = JSON.stringify([undo, said, certificateReplace.byHand(undo, context.recordFolder)])
    expect(written).not.toMatch(/PRIVATE KEY/)
    expect(written).not.toContain(secret)
    for (const name of await readdir(context.recordFolder)) {
      expect((await stat(join(context.recordFolder, name))).mode & 0o777, name).toBe(0o600)
    }
  })
})

describe('a reload that fails', () => {
  it('ends the start with the reason, and the files can be rolled back', async () => {
    let why: string | null = 'the key does not fit'
    const { root, context } = await certificateStage(madePair(), { fails: () => why })
    const before = await manifest(root)
    const undo = await prepare(certificateReplace, context, params)
    await expect(certificateReplace.inject(context, params, undo)).rejects.toThrow('the key does not fit')
    // The files come first: a service that does not read them must not keep them back.
    await expect(certificateReplace.revert(context, undo)).rejects.toThrow('the key does not fit')
    expect(await manifest(root)).toEqual(before)
    why = null
    expect(await certificateReplace.revert(context, undo)).toMatchObject({ restoration: 'identical' })
  })
})

describe('the service', () => {
  it('that failed meanwhile is started again, because our files may have been the reason', async () => {
    const { host, context } = await certificateStage()
    const { revert } = await inject(certificateReplace, context, params)
    host.services.set('nginx', { activeState: 'failed' })
    expect(await revert()).toMatchObject({ restoration: 'identical' })
    expect((await host.services.state('nginx')).activeState).toBe('active')
  })

  it('that somebody stopped stays so; its files are the original ones', async () => {
    const { host, root, context } = await certificateStage()
    const before = await manifest(root)
    const { revert } = await inject(certificateReplace, context, params)
    await host.services.stop('nginx', 1000)
    const { restoration, kept } = await revert()
    expect(restoration).toBe('ours undone')
    expect(kept).toEqual([expect.stringMatching(/nginx\.service was stopped by somebody else/)])
    expect((await host.services.state('nginx')).activeState).toBe('inactive')
    expect(await manifest(root)).toEqual(before)
  })

  it('that does not run yet early in a boot is left to the boot', async () => {
    const { host, root, context } = await certificateStage()
    const before = await manifest(root)
    const { undo } = await inject(certificateReplace, context, params)
    host.services.set('nginx', { activeState: 'inactive' })
    const booted = { ...context, host: { ...host, clock: { ...host.clock, bootId: 'another' } } }
    expect(await certificateReplace.revert(booted, undo)).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
  })
})

describe('died between the two files', () => {
  it('is half way, which a boot rolls back early', async () => {
    const { root, context } = await certificateStage()
    const before = await manifest(root)
    const { undo, revert, standing } = await inject(certificateReplace, context, params)
    const { keptPath, path } = (undo as { files: { image: { keptPath: string; path: string } }[] }).files[1]?.image ?? {
      ...{ keptPath: '', path: '' },
    }
    await rename(join(root, keptPath), join(root, path))
    expect(await standing()).toBe('conflict')
    expect(await certificateReplace.halfWay?.(context, undo)).toBe(true)
    expect(await certificateReplace.stillInPlace?.(context, undo)).toBe(false)
    expect((await revert()).restoration).toBe('identical')
    const { 'etc/nginx': _, ...now } = await manifest(root)
    const { 'etc/nginx': __, ...then } = before
    expect(now).toEqual(then)
  })
})

describe('a renewal during the failure', () => {
  it('is kept where it replaced both files, and the service reads it', async () => {
    const { root, context, read } = await certificateStage()
    const { undo, revert, standing } = await inject(certificateReplace, context, params)
    const renewed = madePair({ toDays: 90 })
    await replace(join(root, 'etc/nginx/erp.crt'), renewed.certificate)
    await replace(join(root, 'etc/nginx/private/erp.key'), renewed.key)
    expect(await standing()).toBe('conflict')
    expect(await certificateReplace.halfWay?.(context, undo)).toBe(false)
    expect(await certificateReplace.stillInPlace?.(context, undo)).toBe(false)
    const { restoration, kept } = await revert()
    expect(restoration).toBe('ours undone')
    expect(kept.join('\n')).toMatch(/erp\.crt was changed by somebody else meanwhile: their change was kept/)
    expect(read.at(-1)).toBe(`${renewed.certificate}${renewed.key}`)
    expect((await readdir(join(root, 'etc/nginx'))).sort()).toEqual(['erp.crt', 'private'])
  })

  it('is kept with its key where it was made for ours', async () => {
    const { root, context, read } = await certificateStage()
    const { revert } = await inject(certificateReplace, context, params)
    const ours = textOf(root, 'nginx/private/erp.key')
    const privateKey = keyIn(ours)
    const renewed = madePair({ toDays: 90, keys: { privateKey, publicKey: createPublicKey(privateKey) } })
    await replace(join(root, 'etc/nginx/erp.crt'), renewed.certificate)
    const { restoration, kept } = await revert()
    expect(restoration).toBe('ours undone')
    expect(kept.join('\n')).toMatch(/renewed the certificate for the key that the drill had made: .*erp\.key was kept/)
    expect(read.at(-1)).toBe(`${renewed.certificate}${ours}`)
  })

  it('is kept where it lets the links lead to new files, as certbot does; the old ones are as before', async () => {
    const [first, second] = [madePair(), madePair({ toDays: 90 })]
    const { root, context } = await certificateStage(first, {
      'etc/archive/cert1.pem': first.certificate,
      'etc/archive/key1.pem': { text: first.key, mode: 0o600 },
      'etc/live/README': '',
    })
    const live = (name: string) => join(root, 'etc/live', name)
    for (const name of ['cert', 'key']) await symlink(`../archive/${name}1.pem`, live(`${name}.pem`))
    const before = await manifest(root)
    const links = { service: 'nginx', certificate: '/etc/live/cert.pem', key: '/etc/live/key.pem' }
    const { revert, standing, undo } = await inject(certificateReplace, context, links)
    const said = sentencesOf(certificateReplace.explain(links, undo), certificateReplace.words).join('\n')
    expect(said).toContain(
      '/etc/live/key.pem is a link: the file to which it leads is replaced, /etc/archive/key1.pem.',
    )
    expect(daysLeft(textOf(root, 'live/cert.pem'))).toBeCloseTo(-1, 1)
    for (const [name, text] of [
      ['cert', second.certificate],
      ['key', second.key],
    ] as const) {
      await writeFile(join(root, `etc/archive/${name}2.pem`), text)
      await unlink(live(`${name}.pem`))
      await symlink(`../archive/${name}2.pem`, live(`${name}.pem`))
    }
    expect(await standing()).toBe('conflict')
    const { restoration, kept } = await revert()
    expect(restoration).toBe('ours undone')
    expect(kept.join('\n')).toMatch(/\/etc\/live\/cert\.pem leads to \/etc\/archive\/cert2\.pem now/)
    const now = await manifest(root)
    for (const name of ['etc/archive/cert1.pem', 'etc/archive/key1.pem']) expect(now[name]).toEqual(before[name])
    expect(textOf(root, 'live/cert.pem')).toBe(second.certificate)
  })

  it('that wrote the original bytes again leaves nothing to roll back', async () => {
    const { root, context } = await certificateStage()
    const [certificate, key] = [textOf(root, 'nginx/erp.crt'), textOf(root, 'nginx/private/erp.key')]
    const { revert } = await inject(certificateReplace, context, params)
    await writeFile(join(root, 'etc/nginx/erp.crt'), certificate)
    await writeFile(join(root, 'etc/nginx/private/erp.key'), key)
    expect((await revert()).restoration).toBe('identical')
  })

  it('of a chain behind our certificate keeps the chain, and the original certificate comes back before it', async () => {
    const pair = madePair()
    const { root, context } = await certificateStage(pair)
    const { revert } = await inject(certificateReplace, context, params)
    const path = join(root, 'etc/nginx/erp.crt')
    const more = madePair({ subject: 'Another CA' }).certificate
    await writeFile(path, `${await readFile(path, 'utf8')}${more}`)
    expect((await revert()).restoration).toBe('ours undone')
    const now = await readFile(path, 'utf8')
    expect(now.startsWith(pair.certificate)).toBe(true)
    expect(now.endsWith(more)).toBe(true)
    expect(now).not.toContain('chaos-lite')
  })
})

function keyIn(text: string): KeyObject {
  return createPrivateKey(
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/.exec(text)?.[0] ?? '',
  )
}

/** As a renewal writes: another file takes the name. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rm(path)
  await rename(`${path}.new`, path)
}
