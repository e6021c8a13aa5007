import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Menu, Offer } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { actions } from '../../src/actions/index.ts'
import { type DoctorOptions, doctor, offersOf, printReport } from '../../src/doctor/index.ts'
import { UNITS } from '../../src/doctor/units.ts'
import { exercises } from '../../src/exercises/index.ts'
import type { JournalRecord } from '../../src/journal/record.ts'
import { kernelLocker } from '../../src/lock/lock.ts'
import { menuOf } from '../../src/menu.ts'
import { pathsUnder } from '../../src/paths.ts'
import { loadPolicy } from '../../src/policy-file/index.ts'
import { isHarmless } from '../../src/probes/harmless.ts'
import { probes } from '../../src/probes/index.ts'
import { definitions, localHost, temporaryFolder } from '../fixtures/local-host.ts'
import { policyOf } from '../policy-file/support.ts'

const catalogue = { actions, probes, exercises }
const failsafe = { survives: 'reboot', check: async () => 'a timer was tried' } as NonNullable<
  DoctorOptions['failsafe']
>
const journal = { list: async () => ({ records: [], unreadable: [] }) }

async function healthy(more: Partial<DoctorOptions> = {}): Promise<DoctorOptions> {
  const paths = pathsUnder(await temporaryFolder())
  // As on a host that runs the agent by itself: without systemd, and something of its own lies there.
  await mkdir(paths.journal, { recursive: true })
  const programs = Object.fromEntries(['systemctl'].map((name) => [name, () => ({})]))
  const policy = loadPolicy(paths.policy)
  return {
    ...{ host: localHost({ programs }), policy, paths, catalogue, local: definitions(), failsafe, journal },
    ...{ locker: kernelLocker(paths.lock), identity: async () => null, systemd: false, ...more },
  }
}

describe('the menu', () => {
  it('fits the wire and carries every parameter as JSON Schema', () => {
    const menu = Menu.parse(menuOf(catalogue))
    expect(menu.probes).toHaveLength(probes.length)
    expect(menu.probes.find(({ name }) => name === 'http')?.params).toMatchObject({
      type: 'object',
      required: ['url'],
      additionalProperties: false,
    })
    expect(menu.exercises[0]?.params).toMatchObject({ properties: { into: { enum: ['scratch', 'place'] } } })
  })
})

describe('the offers of a host', () => {
  it('say of every item whether it is offered, and why', async () => {
    const { host } = await healthy()
    const policy = await policyOf('policy: 1\nactions: [hosts.override]\nprobeHosts: [192.0.2.0/24]\n')
    const offers = offersOf(catalogue, await host.abilities(), policy)
    for (const offer of offers) Offer.parse(offer)
    const of = (name: string) => offers.find((offer) => offer.name === name)
    expect(of('hosts.override')?.offered).toBe(true)
    expect(of('http')?.offered).toBe(true)
    expect(of('clock')?.offered).toBe(true)
    expect(of('disk')).toMatchObject({ offered: false, lacks: 'permission' })
    expect(of('service.stop')).toMatchObject({ offered: false })
    expect(of('data.quarantine')).toMatchObject({ offered: false, lacks: 'permission' })
    expect(of('hosts.override')).toMatchObject({ lacks: null })
    expect(of('data.quarantine')?.why).toContain('to allow it: chaos-lite-agent policy allow actions=data.quarantine')
    expect(of('backup.restore')?.why).toContain('policy allow exercises=backup.restore')
    expect(of('login')?.why).toContain('credentials')
  })

  it('put what the host cannot do before what its policy says', async () => {
    const { host } = await healthy()
    const capabilities = new Map(await host.abilities()).set('services', { has: false, why: 'no service manager' })
    const policy = await policyOf('policy: 1\n')
    const offers = offersOf(catalogue, capabilities, policy)
    expect(offers.find(({ name }) => name === 'service.stop')).toMatchObject({
      ...{ offered: false, lacks: 'ability' },
      why: 'no service manager',
    })
  })

  it('read differently in the report: what the host cannot do, and what its policy does not allow', () => {
    const offer = (name: string, lacks: Offer['lacks']) =>
      ({ name, kind: 'action', offered: lacks === null, lacks, why: 'x' }) as const
    const offers = [offer('a', null), offer('b', 'permission'), offer('c', 'ability')]
    const report = printReport({ askedAt: '', findings: [], offers, exitCode: 0 })
    expect(report).toMatch(/yes +action a +x\n +no +action b +x\n +cannot +action c +x/)
  })

  it('are none but harmless probes while the policy cannot be believed', async () => {
    const { host } = await healthy()
    const policy = await policyOf('policy: 7\n')
    const offered = offersOf(catalogue, await host.abilities(), policy).filter((offer) => offer.offered)
    const harmless = probes.filter((probe) => isHarmless(probe.params)).map(({ name }) => name)
    for (const { name } of offered) expect(harmless).toContain(name)
    expect(offersOf(catalogue, await host.abilities(), policy).map(({ lacks }) => lacks)).toContain('permission')
  })
})

describe('doctor', () => {
  it('finds nothing wrong on a host that merely allows nothing', async () => {
    const report = await doctor(await healthy())
    expect(report.findings.filter(({ state }) => state === 'bad')).toEqual([])
    expect(report.exitCode).toBe(0)
    expect(printReport(report)).toContain('Nothing is wrong.')
  })

  it.each<[string, Partial<DoctorOptions>, RegExp]>([
    ['no safety timer', { failsafe: undefined as never }, /safety timer +there is none/],
    [
      'a damaged record',
      { journal: { list: async () => ({ records: [], unreadable: [{ path: '/j/1', reason: 'cut short' }] }) } },
      /\/j\/1 cannot be read: cut short/,
    ],
    [
      'a journal that fails altogether',
      { journal: { list: async () => Promise.reject(new Error('EIO')) } },
      /journal +EIO/,
    ],
    [
      'an identity open to others',
      { identity: async () => Promise.reject(new Error('the identity is open to others')) },
      /identity +the identity is open/,
    ],
  ])('finds %s', async (_note, more, words) => {
    const report = await doctor(await healthy(more))
    expect(report.exitCode).toBe(1)
    expect(printReport(report)).toMatch(words)
  })

  it('finds a host wrong that is installed and not enrolled, and says how to enrol it', async () => {
    const blocks = Object.values(UNITS).map(
      (name) => `Id=${name}\nLoadState=loaded\nUnitFileState=disabled\nNeedDaemonReload=no`,
    )
    const { host, ...options } = await healthy({ systemd: true })
    const run: typeof host.run = async (argv, given) =>
      argv[1] === 'show' && argv.includes(UNITS.root)
        ? { code: 0, signal: null, stdout: blocks.join('\n\n'), stderr: '' }
        : host.run(argv, given)
    const { findings } = await doctor({ ...options, host: { ...host, run } })
    const of = (subject: string) => findings.find((one) => one.subject === subject)
    expect(of('identity')).toMatchObject({ state: 'bad', remedy: expect.stringContaining('chaos-lite-agent enrol') })
    expect(of(UNITS.link)).toMatchObject({ state: 'note', remedy: null })
  })

  it('finds a policy with mistakes, line by line', async () => {
    const report = await doctor(await healthy({ policy: await policyOf('policy: 1\nacions: []\n') }))
    expect(report.exitCode).toBe(1)
    expect(printReport(report)).toMatch(/BAD +policy .*policy\.yaml:2:1: unknown key `acions`.*did you mean `actions`/)
  })

  it('warns of what a policy opens too wide, with the line, and finds no fault in it', async () => {
    const policy = await policyOf('policy: 1\nactions: [service.stop]\nservices:\n  - nginx\n  - "*"\n')
    const report = await doctor(await healthy({ policy }))
    const text = printReport(report)
    expect(text).toMatch(
      /policy\.yaml:5: take care: services: \* lets nearly every service be stopped → name the services/,
    )
    expect(text).toMatch(/policy\.yaml: take care: without hours, failures may be started at night/)
    expect(report.exitCode).toBe(0)
  })

  it('suggests a name for a slip of the pen, and none for what a profile wrote', async () => {
    const policy = await policyOf('policy: 1\nservices: [ngnix.service, nmbd.service, httpd.service]\n')
    const { host, ...options } = await healthy({ policy })
    const services = { ...host.services, state: async () => ({ loadState: 'not-found' }) as never }
    const names = async () => ['nginx.service', 'smbd.service', 'slapd.service']
    const text = printReport(await doctor({ ...options, host: { ...host, services, names } }))
    expect(text).toContain('services: ngnix.service allows nothing.')
    expect(text).toContain('did you mean "nginx.service"?')
    expect(text).toContain('allows nothing by it: nmbd.service, httpd.service')
  })

  it('finds names that lead nowhere, and secrets open to others', async () => {
    const options = await healthy({ policy: await policyOf('policy: 1\nrepositories: [nightly]\n') })
    const folder = await temporaryFolder()
    const paths = { ...options.paths, credentials: join(folder, 'credentials.yaml') }
    await writeFile(paths.credentials, 'a: { driver: pam, account: x, password: y }\n', { mode: 0o644 })
    const text = printReport(await doctor({ ...options, paths }))
    expect(text).toContain('the policy names nightly, which is not defined')
    expect(text).toMatch(/BAD +credentials .*can be read by others/)
  })

  it('reports a safety timer that a restart would end', async () => {
    const weak = { survives: 'process', check: async () => 'a process waits' } as NonNullable<DoctorOptions['failsafe']>
    const report = await doctor(await healthy({ failsafe: weak }))
    expect(report.exitCode).toBe(0)
    expect(printReport(report)).toContain('does not survive a restart of the machine')
  })

  it('counts in words that fit', async () => {
    const policy = await policyOf('policy: 1\nactions: [service.stop]\n')
    expect(printReport(await doctor(await healthy({ policy })))).toContain('allows 1 action, 0 exercises, at most')
  })

  it('names the package of a program that is missing', async () => {
    const options = await healthy()
    const without = (more: object) => localHost({ programs: { pamtester: undefined, systemctl: () => ({}), ...more } })
    const debian = await doctor({ ...options, host: without({ 'apt-get': () => ({}) }) })
    expect(printReport(debian)).toContain('missing: log-ins through PAM → apt-get install pamtester')
    const other = await doctor({ ...options, host: without({ 'apt-get': undefined }) })
    expect(printReport(other)).toContain('→ install pamtester (on Debian it is in the package pamtester)')
  })

  it('prints the command that would allow each action', async () => {
    const text = printReport(await doctor(await healthy()))
    expect(text).toMatch(/no +action hosts\.override +.*policy allow actions=hosts\.override/)
  })

  it('ends with 1 where nothing is installed, and says so', async () => {
    const options = await healthy()
    await rm(options.paths.state, { recursive: true })
    const report = await doctor(options)
    expect(report.exitCode).toBe(1)
    expect(printReport(report)).toMatch(
      /BAD +installation +Chaos Lite is not installed on this host.*install-agent\.sh/,
    )
    expect(printReport(report)).not.toContain('Nothing is wrong')
  })

  it('never says that nothing is open beside a record that is stuck, held or damaged', async () => {
    const head = { action: 'service.stop', recordId: 'R', revertByWallMs: 0 }
    const record = (state: string) => ({ head, state, folder: '/j/R', stuckReason: null }) as unknown as JournalRecord
    for (const [listing, words] of [
      [{ records: [record('stuck')], unreadable: [] }, /BAD +journal +service\.stop is stuck/],
      [
        { records: [record('injected')], unreadable: [] },
        /- +journal +service\.stop is injected: should have been rolled back by/,
      ],
      [{ records: [], unreadable: [{ path: '/j/1', reason: 'cut short' }] }, /BAD +journal +\/j\/1 cannot be read/],
    ] as const) {
      const text = printReport(await doctor(await healthy({ journal: { list: async () => listing } })))
      expect(text).toMatch(words)
      expect(text).not.toContain('no record is open')
    }
  })

  it('says that the safety timer cannot be armed, when it was tried and failed', async () => {
    const check = () => Promise.reject(new Error('chaos-lite-recover.service is disabled'))
    const report = await doctor(await healthy({ failsafe: { ...failsafe, check } }))
    expect(report.exitCode).toBe(1)
    expect(printReport(report)).toMatch(/BAD +safety timer +chaos-lite-recover\.service is disabled/)
  })

  it('says that the host is halted, and that another process is at work', async () => {
    const options = await healthy()
    await mkdir(options.paths.config, { recursive: true })
    await writeFile(options.paths.haltFile, '')
    using _held = await options.locker.acquire(0)
    const report = await doctor(options)
    expect(report.exitCode).toBe(1)
    expect(printReport(report)).toMatch(/BAD +halt file .*is there.*→ chaos-lite-agent halt --lift/)
    expect(printReport(report)).toMatch(/- +lock +.* is held/)
  })

  it('says of every line what was asked just now', async () => {
    const { findings, askedAt } = await doctor(await healthy())
    expect(Date.parse(askedAt)).toBeGreaterThan(0)
    for (const finding of findings) expect(finding.asked, finding.subject).not.toBe('')
  })
})
