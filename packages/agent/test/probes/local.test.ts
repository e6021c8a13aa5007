import { rmSync, symlinkSync } from 'node:fs'
import { chmod, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { clockProbe } from '../../src/probes/clock.ts'
import { diskProbe } from '../../src/probes/disk.ts'
import { fileProbe } from '../../src/probes/file.ts'
import { findProbe, probes } from '../../src/probes/index.ts'
import { judge } from '../../src/probes/judge.ts'
import { membershipProbe } from '../../src/probes/membership.ts'
import { processProbe } from '../../src/probes/process.ts'
import { serviceProbe } from '../../src/probes/service.ts'
import { localHost, lookOnce, seenBy, temporaryFolder } from '../fixtures/local-host.ts'

const root = process.geteuid?.() === 0

describe('the file probe', () => {
  it('reports age, size and kind, never the contents', async () => {
    const path = join(await temporaryFolder(), 'report.txt')
    await writeFile(path, 's3cret')
    await utimes(path, new Date(), new Date(Date.now() - 60_000))
    const seen = await seenBy(fileProbe, { path })
    expect(seen).toMatchObject({ exists: true, readable: true, kind: 'file', sizeBytes: 6 })
    expect(seen.ageMs).toBeGreaterThanOrEqual(59_000)
    expect(JSON.stringify(seen)).not.toContain('s3cret')
  })

  it('is down when there is nothing', async () => {
    const path = join(await temporaryFolder(), 'nothing')
    const seen = await lookOnce(fileProbe, { path, sha256: true })
    expect(seen).toMatchObject({ value: { exists: false, readable: false, sha256: null } })
    expect(judge(seen, fileProbe.expect({ path })).status).toBe('down')
  })

  it('gives the digest only when asked', async () => {
    const path = join(await temporaryFolder(), 'a')
    await writeFile(path, 'abc')
    expect(await seenBy(fileProbe, { path })).not.toHaveProperty('sha256')
    expect((await seenBy(fileProbe, { path, sha256: true })).sha256).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it.runIf(root)('asks as the account itself, so that every folder on the way counts', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'inner', 'a')
    await mkdir(join(folder, 'inner'))
    await writeFile(path, 'abc')
    await chmod(path, 0o644)
    await chmod(folder, 0o755)
    await chmod(join(folder, 'inner'), 0o755)
    expect(await seenBy(fileProbe, { path, as: 'nobody' })).toMatchObject({ readable: true, writable: false })
    await chmod(join(folder, 'inner'), 0o700)
    const seen = await lookOnce(fileProbe, { path, as: 'nobody' })
    expect(seen).toMatchObject({ value: { exists: true, readable: false } })
    expect(judge(seen, fileProbe.expect({ path }))).toMatchObject({ status: 'down', message: /readable/ })
  })

  it.runIf(root)('takes a folder as readable only when it can be listed and entered', async () => {
    const folder = await temporaryFolder()
    await chmod(folder, 0o744)
    expect(await seenBy(fileProbe, { path: folder, as: 'nobody' })).toMatchObject({ kind: 'folder', readable: false })
    await chmod(folder, 0o755)
    expect(await seenBy(fileProbe, { path: folder, as: 'nobody' })).toMatchObject({ readable: true })
  })

  it('reports nothing of what a link leads to that was set after the policy was asked', async () => {
    const folder = await temporaryFolder()
    const [path, secret] = [join(folder, 'open', 'report'), join(folder, 'secret')]
    await mkdir(join(folder, 'open'))
    await writeFile(secret, 'abc')
    await writeFile(path, 'abcd')
    const mayRead = (place: string) => place.startsWith(join(folder, 'open'))
    const look = () => lookOnce(fileProbe, { path, sha256: true }, { mayRead })
    expect(await look()).toMatchObject({ evaluated: true, value: { exists: true, sizeBytes: 4 } })
    await rm(path)
    await symlink(secret, path)
    const seen = await look()
    expect(seen).toEqual({ evaluated: false, message: expect.stringContaining('does not allow to be looked at') })
    expect(JSON.stringify(seen)).not.toContain('secret')
    // Whether there is something outside is nobody's business either.
    await rm(secret)
    expect(await look()).toMatchObject({ evaluated: false })
    await rm(path)
    await symlink(join(folder, 'open', 'new'), path)
    await writeFile(join(folder, 'open', 'new'), 'within')
    expect(await look()).toMatchObject({ evaluated: true, value: { sizeBytes: 6 } })
  })

  it('reports nothing of a file that was exchanged for a link between two of its steps', async () => {
    const folder = await temporaryFolder()
    const [path, secret] = [join(folder, 'open', 'report'), join(folder, 'secret')]
    await mkdir(join(folder, 'open'))
    await writeFile(secret, 'secret of 23 characters')
    await writeFile(path, 'abc')
    const own = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    const mayRead = (place: string) => {
      rmSync(path)
      symlinkSync(secret, path)
      return place.startsWith(join(folder, 'open'))
    }
    const seen = await lookOnce(fileProbe, { path, sha256: true }, { mayRead })
    if (seen.evaluated) expect(seen.value).toMatchObject({ sizeBytes: 3, sha256: own })
    else expect(seen.message).toContain('changed while it was looked at')
  })

  it('asks the policy for the path, and refuses relative ones', () => {
    expect(fileProbe.asks({ path: '/srv/a' })).toEqual([{ kind: 'file', value: '/srv/a' }])
    expect(fileProbe.params.safeParse({ path: 'srv/a' }).success).toBe(false)
    expect(fileProbe.params.safeParse({ path: '/srv/a', as: '--reuid=0' }).success).toBe(false)
    // Programs take digits for a user id.
    for (const as of ['0', '1000', '007'])
      expect(fileProbe.params.safeParse({ path: '/srv/a', as }).success).toBe(false)
  })
})

describe('the disk probe', () => {
  it('reports the room on a file system', async () => {
    const seen = await seenBy(diskProbe, { path: '/' })
    expect(seen.totalBytes).toBeGreaterThan(0)
    expect(seen.freePercent).toBeGreaterThanOrEqual(0)
    expect(seen.freePercent).toBeLessThanOrEqual(100)
  })

  it('answers each of many that ask at once', async () => {
    const paths = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? '/nowhere/at/all' : '/'))
    const seen = await Promise.all(paths.map((path) => lookOnce(diskProbe, { path })))
    expect(seen.map(({ evaluated }) => evaluated)).toEqual(paths.map((path) => path === '/'))
  })

  it('is not evaluated for a path that is not there', async () => {
    expect(await lookOnce(diskProbe, { path: '/nowhere/at/all' })).toMatchObject({ evaluated: false })
  })
})

describe('the process probe', () => {
  it('finds this very process, and none of a made-up name', async () => {
    const name = (await localHost().processes.identity(process.pid))?.name ?? 'node'
    expect(await seenBy(processProbe, { name })).toMatchObject({ running: true })
    const seen = await lookOnce(processProbe, { name: 'no-such-program' })
    expect(seen).toMatchObject({ value: { running: false, count: 0, oldestPid: null } })
    expect(judge(seen, processProbe.expect({ name: 'x' })).status).toBe('down')
  })
})

describe('the service probe', () => {
  const unit = { loadState: 'loaded', activeState: 'active', subState: 'running', enabledState: 'enabled', mainPid: 7 }
  const services = (state: object) =>
    localHost({ parts: { services: { ...localHost().services, state: async () => state as never } } })

  it('reports what the manager says', async () => {
    const seen = await seenBy(serviceProbe, { service: 'nginx' }, { host: services(unit) })
    expect(seen).toEqual({
      active: true,
      activeState: 'active',
      subState: 'running',
      enabledState: 'enabled',
      mainPid: 7,
    })
  })

  it('is down while it is stopped', async () => {
    const seen = await lookOnce(
      serviceProbe,
      { service: 'nginx' },
      { host: services({ ...unit, activeState: 'inactive' }) },
    )
    expect(judge(seen, serviceProbe.expect({ service: 'nginx' })).status).toBe('down')
  })

  it('is not evaluated for a service that does not exist: a misspelt name must not prove an effect', async () => {
    const seen = await lookOnce(
      serviceProbe,
      { service: 'ngimx' },
      { host: services({ ...unit, loadState: 'not-found' }) },
    )
    expect(seen).toEqual({ evaluated: false, message: 'There is no service ngimx here' })
  })

  it.each(['', '-x', 'a b', 'a;b', 'a/b', 'a\n'])('refuses the name %j', (service) => {
    expect(serviceProbe.params.safeParse({ service }).success).toBe(false)
  })
})

describe('the membership probe', () => {
  const session = (stdout: string, code = 0, stderr = '') =>
    localHost({ programs: { id: () => ({ stdout, code, stderr }) } })

  it('asks a new session of the account', async () => {
    const params = { account: 'jdoe', group: 'finance' }
    expect(await seenBy(membershipProbe, params, { host: session('users\0finance\0') })).toEqual({
      member: true,
      groups: 2,
    })
    const without = await lookOnce(membershipProbe, params, { host: session('users\0financial\0') })
    expect(judge(without, membershipProbe.expect(params)).status).toBe('down')
  })

  it('is not evaluated when no such session can be begun', async () => {
    const params = { account: 'nobody-here', group: 'finance' }
    expect(await lookOnce(membershipProbe, params, { host: session('', 1, 'no such user') })).toMatchObject({
      evaluated: false,
    })
    expect(await lookOnce(membershipProbe, params, { host: localHost({ programs: { id: undefined } }) })).toMatchObject(
      { evaluated: false },
    )
  })

  it.runIf(root)('works for real', async () => {
    const account = userInfo().username
    expect(await seenBy(membershipProbe, { account, group: account })).toMatchObject({ member: true })
  })
})

describe('the clock probe', () => {
  /** As chronyc(1) 4.3 prints them with -c. */
  const tracking = 'C0000201,192.0.2.1,3,1700000000.123,-0.000012345,0.0001,0.0002,-12.3,0.0,0.1,0.01,0.001,64.0,Normal'
  const sources = '^,*,192.0.2.1,2,6,377,23,0.0001,0.0001,0.01\n^,-,192.0.2.2,2,6,0,99,0.1,0.1,0.1'
  const chrony = (tracked: string, listed: string, code = 0) =>
    localHost({
      programs: {
        chronyc: (argv) => ({ code, stdout: argv.includes('sources') ? listed : tracked }),
        timedatectl: undefined,
      },
    })

  it('reads chrony', async () => {
    expect(await seenBy(clockProbe, {}, { host: chrony(tracking, sources) })).toEqual({
      ...{
        synchronised: true,
        running: true,
        source: '192.0.2.1',
        sourceReachable: true,
        offsetMs: -0.012,
        stratum: 3,
      },
      by: 'chrony',
    })
  })

  it('sees a source that no longer answers although chrony still calls the clock normal', async () => {
    const silent = sources.replace(',377,', ',0,')
    expect(await seenBy(clockProbe, {}, { host: chrony(tracking, silent) })).toMatchObject({ sourceReachable: false })
  })

  it('sees that no source is chosen', async () => {
    const lost = tracking.replace('Normal', 'Not synchronised')
    const seen = await lookOnce(clockProbe, {}, { host: chrony(lost, sources.replace('^,*', '^,?')) })
    expect(seen).toMatchObject({ value: { synchronised: false, sourceReachable: false } })
    expect(judge(seen, clockProbe.expect({})).status).toBe('down')
  })

  it('is down when chrony does not run', async () => {
    const seen = await lookOnce(clockProbe, {}, { host: chrony('506 Cannot talk to daemon\n', '', 1) })
    expect(seen).toMatchObject({
      message: 'No time service runs on this host',
      value: { running: false, offsetMs: null },
    })
    expect(judge(seen, clockProbe.expect({})).status).toBe('down')
  })

  it('asks systemd where there is no chrony', async () => {
    const host = localHost({
      programs: {
        chronyc: undefined,
        timedatectl: (argv) => ({
          stdout: argv.includes('show-timesync')
            ? 'ServerName=time.example.test\nServerAddress=192.0.2.1\nNTPMessage={ Leap=0, Version=4, Stratum=2 }\n'
            : 'NTPSynchronized=yes\n',
        }),
        systemctl: () => ({ stdout: 'active\n' }),
      },
    })
    expect(await seenBy(clockProbe, {}, { host })).toMatchObject({
      ...{
        synchronised: true,
        running: true,
        source: 'time.example.test',
        sourceReachable: true,
        stratum: 2,
        by: 'systemd',
      },
    })
  })

  it('does not ask systemd-timesyncd while it is stopped, because that would start it', async () => {
    const asked: string[] = []
    const host = localHost({
      programs: {
        chronyc: undefined,
        systemctl: () => ({ code: 3, stdout: 'inactive\n' }),
        timedatectl: (argv) => {
          asked.push(argv.join(' '))
          return { stdout: 'NTPSynchronized=yes\n' }
        },
      },
    })
    expect(await seenBy(clockProbe, {}, { host })).toMatchObject({ running: false, synchronised: false })
    expect(asked).toEqual(['timedatectl show --property=NTPSynchronized'])
  })

  it('is not evaluated where nobody can say', async () => {
    const host = localHost({ programs: { chronyc: undefined, timedatectl: undefined } })
    expect(await lookOnce(clockProbe, {}, { host })).toMatchObject({ evaluated: false })
  })
})

describe('every probe', () => {
  it.each(probes.map((probe) => [probe.name, probe] as const))('%s can be offered and explained', (name, probe) => {
    expect(findProbe(name)).toBe(probe)
    expect(probe.summary).toMatch(/\S.*[.?]$/)
    expect(Object.keys(probe.value).length).toBeGreaterThan(0)
    expect(z.toJSONSchema(probe.params, { io: 'input', unrepresentable: 'any' })).toMatchObject({ type: 'object' })
  })

  it.each(probes.map((probe) => [probe.name, probe] as const))('%s expects only what it answers', (_name, probe) => {
    const params = examples[probe.name]
    expect(probe.params.safeParse(params).success).toBe(true)
    for (const field of Object.keys(probe.expect(params))) expect(probe.value).toHaveProperty(field)
    expect(probe.timeoutMs(params)).toBeGreaterThan(0)
  })
})

const examples: Record<string, unknown> = {
  http: { url: 'https://erp.example.test/', expectAddress: '192.0.2.1' },
  tcp: { host: 'printer.example.test', port: 9100 },
  dns: { name: 'erp.example.test' },
  tls: { host: 'erp.example.test' },
  service: { service: 'nginx' },
  process: { name: 'nginx' },
  membership: { account: 'jdoe', group: 'finance' },
  file: { path: '/srv/share' },
  disk: { path: '/' },
  cpu: {},
  memory: {},
  io: { path: '/' },
  clock: {},
  certificate: { path: '/srv/cert.pem' },
  account: { account: 'jdoe' },
  login: { credential: 'probe' },
  backup: { repository: 'nightly' },
}
