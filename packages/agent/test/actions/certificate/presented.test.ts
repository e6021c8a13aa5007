import { createServer, type SecureContextOptions } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { certificateReplace } from '../../../src/actions/certificate/replace.ts'
import type { EffectProbe } from '../../../src/actions/index.ts'
import { judge } from '../../../src/probes/judge.ts'
import { tlsProbe } from '../../../src/probes/tls.ts'
import { localHost, lookOnce } from '../../fixtures/local-host.ts'
import { listen, tcpServer } from '../../fixtures/servers.ts'
import { inject, prepare } from '../support.ts'
import { madePair } from './make.ts'
import { type CertificateStage, certificateStage, params, textOf } from './scene.ts'

/** A service with TLS on a port of this machine that reads the files of a simulated host when it is reloaded. */
async function served(names?: readonly string[]) {
  const pair = madePair(names === undefined ? {} : { names })
  const scene = await certificateStage(pair)
  const { port: other } = await tcpServer((socket) => socket.end('no TLS\r\n'))
  const now = (): SecureContextOptions => ({
    cert: textOf(scene.root, 'nginx/erp.crt'),
    key: textOf(scene.root, 'nginx/private/erp.key'),
  })
  const asked: string[] = []
  const SNICallback = (name: string, done: (error: null) => void) => {
    asked.push(name)
    done(null)
  }
  const server = createServer({ ...now(), SNICallback })
  const { port } = await listen(server)
  const listening = async () => [other, port].map((each) => ({ address: '0.0.0.0', port: each }))
  const host = { ...scene.host, processes: { ...scene.host.processes, listening } }
  const load = () => server.setSecureContext(now())
  scene.host.services.set('nginx', { onReload: load })
  return {
    scene: { ...scene, context: { ...scene.context, host } } satisfies CertificateStage,
    port,
    load,
    asked,
    pair,
  }
}

describe('where a client gets the certificate from the service', () => {
  it('is found among its ports, and shows the failure there', async () => {
    const { scene, port } = await served()
    const { undo, revert } = await inject(certificateReplace, scene.context, params)
    const effect = certificateReplace.effect(params, undo) as EffectProbe
    expect(effect).toEqual({
      ...{ probe: 'tls', expect: 'up' },
      params: { host: '127.0.0.1', port, serverName: 'erp.example.test', expired: true },
    })
    const given = tlsProbe.params.parse(effect.params) as never
    const seen = async () =>
      judge(await lookOnce(tlsProbe, given, { host: localHost({}) }), tlsProbe.expect(given)).status
    expect(await seen()).toBe('up')
    expect((await revert()).restoration).toBe('identical')
    expect(await seen()).toBe('down')
  })

  it('is the same place in whichever order the system lists its ports, because the plan names it', async () => {
    const { scene, port } = await served()
    const second = createServer({
      cert: textOf(scene.root, 'nginx/erp.crt'),
      key: textOf(scene.root, 'nginx/private/erp.key'),
    })
    const { port: another } = await listen(second)
    const seenWith = async (ports: readonly number[]) => {
      const listening = async () => ports.map((each) => ({ address: '0.0.0.0', port: each }))
      const { host } = scene.context
      const context = { ...scene.context, host: { ...host, processes: { ...host.processes, listening } } }
      return (await prepare(certificateReplace, context, params)) as { seen: object }
    }
    const lowest = { host: '127.0.0.1', port: Math.min(port, another) }
    expect(await seenWith([port, another])).toMatchObject({ seen: lowest })
    expect(await seenWith([another, port])).toMatchObject({ seen: lowest })
  })

  it('is asked with a name that a wildcard covers', async () => {
    const { scene, asked } = await served(['*.example.test'])
    const undo = await prepare(certificateReplace, scene.context, params)
    expect(undo).toMatchObject({ seen: { serverName: 'www.example.test' } })
    expect(new Set(asked)).toEqual(new Set(['www.example.test']))
  })

  it('is compared after rolling back: a service that reads nothing is not called identical', async () => {
    const { scene, load } = await served()
    const { revert } = await inject(certificateReplace, scene.context, params)
    scene.host.services.set('nginx', { onReload: () => {} })
    const { restoration, compared } = await revert()
    expect(restoration).toBe('unknown')
    expect(compared.filter(({ same }) => !same).map(({ item }) => item)).toEqual([
      expect.stringMatching(/^certificate presented at 127\.0\.0\.1 port \d+$/),
    ])
    load()
    expect((await revert()).restoration).toBe('identical')
  })

  it('may be gone by a change of somebody else, which is kept', async () => {
    const { scene } = await served()
    const { undo } = await inject(certificateReplace, scene.context, params)
    const { host } = scene.context
    const processes = { ...host.processes, listening: async () => [] }
    const moved = { ...(undo as { seen: object }), seen: { host: '127.0.0.1', port: 1, serverName: null } }
    const context = { ...scene.context, host: { ...host, processes } }
    const { restoration, kept } = await certificateReplace.revert(context, moved)
    expect(restoration).toBe('ours undone')
    expect(kept).toEqual([expect.stringMatching(/does not listen on port 1 any more/)])
  })

  it('is refused where it presents another certificate for the same subject: what it reads is not loaded', async () => {
    const { scene, load } = await served()
    const { certificate, key } = madePair()
    await scene.host.files.replace('/etc/nginx/erp.crt', Buffer.from(certificate))
    await scene.host.files.replace('/etc/nginx/private/erp.key', Buffer.from(key))
    await expect(prepare(certificateReplace, scene.context, params)).rejects.toMatchObject({
      ...{ code: 'wrong-state', message: expect.stringMatching(/presents another certificate for the same subject/) },
    })
    load()
    expect(await prepare(certificateReplace, scene.context, params)).toMatchObject({ seen: { host: '127.0.0.1' } })
  })

  it('is nowhere for a service without TLS on a port: a drill must name a probe', async () => {
    const { context } = await certificateStage()
    const undo = await prepare(certificateReplace, context, params)
    expect(certificateReplace.effect(params, undo)).toBeNull()
  })
})
