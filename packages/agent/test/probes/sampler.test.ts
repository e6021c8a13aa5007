import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { loadPolicy } from '../../src/policy-file/load.ts'
import { type Sample, startSampler } from '../../src/probes/index.ts'
import { definitions, localHost, temporaryFolder } from '../fixtures/local-host.ts'
import { tcpServer } from '../fixtures/servers.ts'

/** A web server that answers when it is asked to. */
function webServer(onRequest: (answer: () => void) => void) {
  return tcpServer((socket) => {
    const answer = () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    socket.on('error', () => {})
    socket.once('data', () => onRequest(answer))
  })
}

const yes: Policy = {
  present: true,
  digest: null,
  warnings: [],
  allows: () => ({ allowed: true, reason: 'the test says so', rule: 'all' }),
}
const no: Policy = { ...yes, allows: () => ({ allowed: false, reason: 'Not here', rule: 'probeHosts: [x]' }) }

function sample(
  probe: string,
  params: Record<string, string | number>,
  options: Partial<Parameters<typeof startSampler>[0]> = {},
) {
  const samples: Sample[] = []
  const changes: unknown[] = []
  const sampler = startSampler({
    order: { probe, params, everyMs: 50, expect: null },
    host: localHost(),
    local: definitions(),
    policy: yes,
    signal: new AbortController().signal,
    onSample: (one) => samples.push(one),
    onChange: (one) => changes.push(one),
    ...options,
  })
  return { sampler, samples, changes }
}

describe('the sampler', () => {
  it('samples at once and again, and reports only the changes', async () => {
    const { port } = await tcpServer((socket) => socket.destroy())
    const { sampler, samples, changes } = sample('tcp', { host: '127.0.0.1', port })
    await eventually(() => expect(samples.length).toBeGreaterThanOrEqual(4))
    const counts = await sampler.stop()
    expect(changes).toHaveLength(1)
    expect(counts).toEqual({ samples: samples.length, up: samples.length, down: 0, notEvaluated: 0, lastStatus: 'up' })
    expect(sampler.last()).toBe(samples.at(-1))
  })

  it('waits at its end for the look that is under way, when all was well until then', async () => {
    const asked: (() => void)[] = []
    const { port } = await webServer((answer) => {
      asked.push(answer)
      if (asked.length === 1) answer()
    })
    const { sampler, changes } = sample('http', { url: `http://127.0.0.1:${port}/` })
    await eventually(() => expect(asked).toHaveLength(2))
    const finished = sampler.finish(60_000)
    asked[1]?.()
    expect(await finished).toMatchObject({ samples: 2, up: 2, lastStatus: 'up' })
    expect(changes).toHaveLength(1)
    expect(asked).toHaveLength(2)
  })

  it('does not go on calling well at its end what does not answer any more', async () => {
    const asked: (() => void)[] = []
    const { port } = await webServer((answer) => {
      asked.push(answer)
      if (asked.length === 1) answer()
    })
    const { sampler, changes } = sample('http', { url: `http://127.0.0.1:${port}/` })
    await eventually(() => expect(asked).toHaveLength(2))
    expect(await sampler.finish(20)).toMatchObject({ samples: 2, up: 1, notEvaluated: 1, lastStatus: 'not evaluated' })
    expect(changes).toMatchObject([{ status: 'up' }, { status: 'not evaluated' }])
  })

  it('does not wait for the end of a look that could change nothing', async () => {
    const { port } = await webServer(() => {})
    const { sampler } = sample('http', { url: `http://127.0.0.1:${port}/` })
    expect(await sampler.finish(600_000)).toMatchObject({ samples: 0, lastStatus: null })
  })

  it('looks at once when something has just changed, and again where a look was under way then', async () => {
    const asked: (() => void)[] = []
    const { port } = await webServer((answer) => void asked.push(answer))
    const order = { probe: 'http', params: { url: `http://127.0.0.1:${port}/` }, everyMs: 3_600_000, expect: null }
    const { sampler, samples } = sample('http', {}, { order })
    await eventually(() => expect(asked).toHaveLength(1))
    sampler.lookNow()
    asked[0]?.()
    await eventually(() => expect(asked).toHaveLength(2))
    asked[1]?.()
    await eventually(() => expect(samples).toHaveLength(2))
    sampler.lookNow()
    await eventually(() => expect(asked).toHaveLength(3))
    asked[2]?.()
    await eventually(() => expect(samples).toHaveLength(3))
    await sampler.stop()
    expect(asked).toHaveLength(3)
  })

  it('sees a service go down and come back', async () => {
    let answers = true
    const host = localHost({ parts: { services: serviceThat(() => answers) } })
    const { sampler, changes } = sample('service', { service: 'nginx' }, { host })
    await eventually(() => expect(changes).toHaveLength(1))
    answers = false
    await eventually(() => expect(changes).toHaveLength(2))
    answers = true
    await eventually(() => expect(changes).toHaveLength(3))
    await sampler.stop()
    expect(changes).toMatchObject([{ status: 'up' }, { status: 'down' }, { status: 'up' }])
  })

  it('never overlaps samples and begins each on the grid', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const running: (() => void)[] = []
    const services = serviceThat(
      () => true,
      () => new Promise<void>((resolve) => running.push(resolve)),
    )
    const real = localHost({ parts: { services } })
    const host = { ...real, clock: { ...real.clock, monoMs: () => performance.now() } }
    const beganMs = performance.now()
    const { sampler, samples } = sample('service', { service: 'nginx' }, { host })
    // A sample of 70 ms covers one slot of 50 ms.
    for (let count = 0; count < 4; count += 1) {
      await vi.advanceTimersByTimeAsync(70)
      expect(running).toHaveLength(1)
      running.pop()?.()
      await vi.advanceTimersByTimeAsync(30)
    }
    await sampler.stop()
    expect(samples.map(({ beganMonoMs }) => beganMonoMs - beganMs)).toEqual([0, 100, 200, 300])
  })

  it('ends a sample that hangs, whether or not the probe heeds its signal, and counts it as down', async () => {
    const services = serviceThat(
      () => true,
      () => new Promise(() => {}),
    )
    const { sampler, samples } = sample('service', { service: 'nginx' }, { host: localHost({ parts: { services } }) })
    await eventually(() => expect(samples.length).toBe(1))
    const counts = await sampler.stop()
    expect(samples[0]).toMatchObject({ status: 'down', message: 'No answer within 5 s' })
    expect(counts.down).toBe(1)
  })

  it('counts a probe that throws as not evaluated', async () => {
    const services = serviceThat(
      () => true,
      () => Promise.reject(new Error('the manager is gone')),
    )
    const { sampler, samples } = sample('service', { service: 'nginx' }, { host: localHost({ parts: { services } }) })
    await eventually(() => expect(samples.length).toBeGreaterThan(0))
    await sampler.stop()
    expect(samples[0]).toMatchObject({ status: 'not evaluated', message: 'the manager is gone', value: {} })
  })

  it('lets a sample in flight count for nothing when it is stopped', async () => {
    const services = serviceThat(
      () => true,
      () => new Promise(() => {}),
    )
    const { sampler, samples } = sample('service', { service: 'nginx' }, { host: localHost({ parts: { services } }) })
    expect(await sampler.stop()).toMatchObject({ samples: 0, lastStatus: null })
    expect(samples).toEqual([])
  })

  it('ends with the signal it was given', async () => {
    const ending = new AbortController()
    const { sampler, samples } = sample('disk', { path: '/' }, { signal: ending.signal })
    await eventually(() => expect(samples.length).toBeGreaterThan(0))
    ending.abort()
    expect((await sampler.ended).samples).toBe(samples.length)
  })

  it('asks the policy before it looks even once', () => {
    const { rule, code } = thrownBy(() => sample('http', { url: 'http://192.0.2.1/' }, { policy: no }))
    expect({ rule, code }).toEqual({ rule: 'probeHosts: [x]', code: 'policy-refused' })
  })

  it('asks the policy with each look where a path leads to by now', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'open', 'report')
    await mkdir(join(folder, 'open'))
    await writeFile(path, 'x')
    await writeFile(join(folder, 'policy.yaml'), `policy: 1\nprobePaths: [${join(folder, 'open')}]\n`, { mode: 0o600 })
    const policy = loadPolicy(join(folder, 'policy.yaml'))
    const { sampler, changes } = sample('file', { path }, { policy })
    await eventually(() => expect(changes).toHaveLength(1))
    await rm(path)
    await symlink(join(folder, 'policy.yaml'), path)
    await eventually(() => expect(changes.at(-1)).toMatchObject({ status: 'not evaluated', value: {} }))
    await sampler.stop()
    expect(changes[0]).toMatchObject({ status: 'up' })
  })

  it('refuses parameters that the probe does not know, and probes that do not exist', () => {
    expect(thrownBy(() => sample('tcp', { host: 'a b', port: 1 }))).toMatchObject({ code: 'param-invalid' })
    expect(thrownBy(() => sample('tcp', { host: 'a', port: 1, every: '1s' }))).toMatchObject({ code: 'param-invalid' })
    expect(thrownBy(() => sample('telepathy', {}))).toMatchObject({
      code: 'not-there',
      message: expect.stringContaining('http, tcp'),
    })
  })
})

function thrownBy(act: () => unknown): { code?: string; rule?: string; message?: string } {
  try {
    act()
  } catch (thrown) {
    return thrown as object
  }
  throw new Error('nothing was thrown')
}

function serviceThat(isActive: () => boolean, first: () => Promise<unknown> = async () => {}) {
  const real = localHost().services
  return {
    ...real,
    async state(name: string) {
      await first()
      const activeState = isActive() ? 'active' : 'inactive'
      const known = { name, loadState: 'loaded', activeState, subState: 'x', enabledState: 'enabled', mainPid: 1 }
      return known as unknown as Awaited<ReturnType<typeof real.state>>
    },
  }
}
