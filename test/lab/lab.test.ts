import { afterAll, beforeAll, expect, test } from 'vitest'
import { Lab, type LabHost } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { nameHosts } from './support/names.ts'
import { askSite, serveSite } from './support/nginx.ts'

describeLab('two hosts', () => {
  let lab: Lab
  let one: LabHost
  let two: LabHost

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['one', 'two'], binds: { [import.meta.dirname]: '/opt/tests' } })
    one = lab.host('one')
    two = lab.host('two')
  })
  afterAll(async () => await lab?.down())

  test('see each other by a name in the hosts file', async () => {
    await serveSite(one)
    await nameHosts(two, { 'erp.example.test': one.address })
    expect(await askSite(two, 'http://erp.example.test/health')).toBe('one')
  })

  test('a command runs as a unit with input, environment and exit code', async () => {
    const argv = ['sh', '-c', 'cat; printf %s "$COLOUR"; cat /proc/self/cgroup >&2; exit 7']
    const result = await one.exec(argv, { input: 'paper ', env: { COLOUR: 'red' }, check: false })
    expect(result).toMatchObject({ code: 7, stdout: 'paper red' })
    expect(result.stderr).toContain('lab-exec-')
  })

  test('a command that fails or takes too long says so, and does not stay', async () => {
    await expect(one.exec(['ls', '/nowhere'])).rejects.toThrow(/exited with 2.*nowhere/s)
    await expect(one.exec(['sleep', '1000'], { timeoutMs: 500 })).rejects.toThrow('took longer than 500 ms')
    await one.waitUntil(async () => (await one.enter(['pgrep', '-x', 'sleep'], { check: false })).code === 1)
  })

  test('a unit may not set the clock', async () => {
    const status = (await one.exec(['cat', '/proc/self/status'])).stdout
    const capabilities = BigInt(`0x${/CapBnd:\s+(\w+)/.exec(status)?.[1]}`)
    expect(capabilities & (1n << 25n)).toBe(0n)
  })

  test('files go in and out, and bound folders are seen', async () => {
    await one.writeFile('/srv/letters/a.txt', 'grüß\n', 0o600)
    expect(await one.readFile('/srv/letters/a.txt')).toBe('grüß\n')
    expect((await one.enter(['stat', '--format=%a', '/srv/letters/a.txt'])).stdout.trim()).toBe('600')
    await one.copyIn(import.meta.dirname, '/srv/folder')
    await one.copyIn(import.meta.filename, '/srv/file', 0o755)
    await one.enter(['cmp', '/srv/file', '/srv/folder/lab.test.ts'])
    await one.enter(['cmp', '/srv/file', '/opt/tests/lab.test.ts'])
  })

  test('a crash kills the host, and booting brings its services back', async () => {
    const before = await one.bootId()
    await one.crash()
    expect(await one.isUp()).toBe(false)
    expect(await askSite(two, `http://${one.address}/health`)).toBeUndefined()
    expect(await one.boot()).toBe('running')
    expect(await one.bootId()).not.toBe(before)
    await two.waitUntil(async () => (await askSite(two, `http://${one.address}/health`)) === 'one')
  })

  test('a restart from inside gives a new boot id', async () => {
    const before = await two.bootId()
    await two.exec(['systemctl', 'reboot', '--no-block'], { check: false })
    await two.rebooted(before)
    expect(await two.bootId()).not.toBe(before)
    await two.reboot()
  })

  test('a clean stop ends the host', async () => {
    await two.shutdown()
    expect(await two.isUp()).toBe(false)
    await two.boot()
  })

  test('a frozen host answers nothing until it is thawed', async () => {
    await one.waitUntil(['curl', '--silent', '--fail', 'http://127.0.0.1/health'])
    await one.freeze()
    expect(await askSite(two, `http://${one.address}/health`)).toBeUndefined()
    await one.thaw()
    expect(await askSite(two, `http://${one.address}/health`)).toBe('one')
  })

  test('a power cut is refused on a disk that cannot lose anything', async () => {
    await expect(one.powerCut()).rejects.toThrow('a power cut needs a disk of its own')
    expect(await one.isUp()).toBe(true)
  })

  test('two labs are up at the same time on different networks', async () => {
    await using other = await Lab.up({ hosts: ['one'] })
    expect(other.bridgeAddress).not.toBe(lab.bridgeAddress)
    expect((await other.host('one').exec(['uname', '--nodename'])).stdout).toBe('one\n')
  })
})
