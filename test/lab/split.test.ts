import type { Run } from '@chaos-lite/shared'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LabHost, until } from '../../scripts/lab/index.ts'
import { addAccount } from './support/accounts.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { agentCommand, installAgain } from './support/install.ts'
import { beginRehearsal } from './support/rehearsal.ts'

const policy = `policy: 1
actions: [membership.revoke]
accounts: [anna]
groups: [sudo]
probePaths: [/srv/vault]
holdAtMost: 30m
`
const SOCKET = '/run/chaos-lite-agent.sock'
const ROOT_PART = 'chaos-lite-agent.service'
const LINK = 'chaos-lite-link.service'

/** Connects to the agent's socket as whoever runs it, and sends what its first argument says; prints what came of it. */
const KNOCK = `
import socket, struct, sys
def message(kind, payload): return struct.pack('>BI', kind, len(payload)) + payload
frame = message(3, struct.pack('>d', 1.0) + b'{"type":"lease","runId":"01JD0000000000000000000000","ttlMs":1}')
rubbish = {
  'hello': b'',
  'noise': bytes(range(256)) * 64,
  'endless': struct.pack('>BI', 3, 0xffffffff) + b'x' * 65536,
  'unknown': message(99, b'rm -rf /'),
  'nameless': message(1, b'not a name'),
  'stranger': message(2, b'ab' * 16) + frame,
  'flood': frame * 5000,
  'half': frame[:9],
}
try:
  with socket.socket(socket.AF_UNIX) as way:
    way.settimeout(20)
    way.connect('${SOCKET}')
    try:
      way.sendall(rubbish[sys.argv[1]])
      way.shutdown(socket.SHUT_WR)
      while way.recv(65536): pass
    except OSError: pass
  print('connected')
except PermissionError:
  print('forbidden')
`

describeLab('the two parts of the agent', () => {
  let fleet: Fleet
  let host: LabHost

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: { plant: { labels: { role: 'server' }, policy } },
      scene: async (lab) => {
        const plant = lab.host('plant')
        for (const name of ['anna', 'bela']) await addAccount(plant, { name, password: 'secret', groups: ['sudo'] })
        await plant.enter(['install', '--directory', '--group=sudo', '--mode=0750', '/srv/vault'])
        await plant.writeFile('/root/knock.py', KNOCK)
        await plant.enter(['chmod', 'a+rx', '/root', '/root/knock.py'])
      },
    })
    host = fleet.host('plant')
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  const show = async (unit: string, property: string) =>
    (await host.enter(['systemctl', 'show', '--value', `--property=${property}`, unit])).stdout.trim()
  const atRest = () =>
    until('the root part has gone to rest', async () => (await show(ROOT_PART, 'ActiveState')) === 'inactive', {
      timeoutMs: 60_000,
    })
  const isOnline = async () => fleet.controller.gateway.isOnline((await fleet.view('plant')).hostId)
  /** Pid and command line of every process of the agent. */
  const processes = async () =>
    (await host.enter(['pgrep', '--list-full', '--full', '^/usr/local/bin/chaos-lite-agent'])).stdout.trim().split('\n')
  const knock = async (as: string, what: string) =>
    (await host.enter(['runuser', `--user=${as}`, '--', 'python3', '/root/knock.py', what])).stdout.trim()

  const purge = { account: 'anna', colleague: 'bela', file: '/srv/vault', hold: '10m', answerWithin: '5m' }
  const isAway = async () => !(await host.enter(['getent', 'group', 'sudo'])).stdout.includes('anna')

  /** Starts a drill and returns when its failure is in place, and the controller has heard so: before, a lost answer ends it. */
  async function holding(): Promise<string> {
    const { runId } = await fleet.start('permission-purge', purge)
    const isHeard = ({ steps }: Run) => steps.some(({ hosts }) => hosts.some(({ order }) => order === 'accepted'))
    await fleet.controller.context.runBook.until(runId, isHeard, { withinMs: 30_000 })
    expect(await isAway()).toBe(true)
    return runId
  }

  test('at rest one process is left, and it has no privilege', async () => {
    await atRest()
    const [only = '', ...others] = await processes()
    expect(others).toEqual([])
    expect(only).toMatch(/^\d+ \/usr\/local\/bin\/chaos-lite-agent link$/)
    const status = await host.readFile(`/proc/${only.split(' ')[0]}/status`)
    const uid = (await host.enter(['id', '--user', 'chaos-lite'])).stdout.trim()
    expect(Number(uid)).toBeGreaterThan(0)
    expect(status).toMatch(new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, 'm'))
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      expect(status).toMatch(new RegExp(`^${set}:\\s+0{16}$`, 'm'))
    }
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(await isOnline()).toBe(true)
  })

  test('systemd finds the link well protected', async () => {
    const analyze = async (unit: string) =>
      (await host.enter(['systemd-analyze', 'security', '--no-pager', unit], { check: false })).stdout
    const exposure = (text: string) => Number(/Overall exposure level for \S+: ([\d.]+)/.exec(text)?.[1])
    const [link, root] = [await analyze(LINK), await analyze(ROOT_PART)]
    process.stdout.write(`${link}\n${root}\n`)
    expect(link).toMatch(/: [\d.]+ OK/)
    expect(exposure(link)).toBeLessThan(2)
    expect(exposure(root)).toBeLessThan(7)
  })

  test('a changed policy wakes the root part, which leaves to a rehearsal what it holds, and reports when that is over', async () => {
    await atRest()
    const { hostId } = await fleet.view('plant')
    const digest = () => fleet.controller.gateway.inventory(hostId)?.policy.digest
    const before = digest()
    await beginRehearsal(host, 'membership.revoke', { account: 'anna', group: 'sudo' })
    await host.writeFile('/etc/chaos-lite/policy.yaml', `${policy}# another line\n`)
    await until('the controller knows the policy', async () => digest() !== before)
    const open = () => fleet.controller.gateway.inventory(hostId)?.journal.open
    await until('the controller knows of it', async () => open() === 1)
    expect(await isAway()).toBe(true)
    expect((await agentCommand(host, ['revert', '--all'])).code).toBe(0)
    expect(await isAway()).toBe(false)
    await until('the controller knows that it is over', async () => open() === 0)
  })

  test('nobody but the link may knock at the door, and rubbish is refused there and costs nothing', async () => {
    expect(await knock('anna', 'hello')).toBe('forbidden')
    expect(await knock('nobody', 'hello')).toBe('forbidden')
    for (const what of ['noise', 'endless', 'unknown', 'nameless', 'stranger', 'half', 'flood']) {
      expect(await knock('chaos-lite', what)).toBe('connected')
    }
    expect([await show(ROOT_PART, 'NRestarts'), await show(ROOT_PART, 'Result')]).toEqual(['0', 'success'])
    expect(await isOnline()).toBe(true)
  })

  test('a drill wakes the root part, passes, and leaves it to rest again, all on one connection', async () => {
    await atRest()
    const { hostId } = await fleet.view('plant')
    let broken = 0
    const deaf = fleet.controller.gateway.listen({ offline: (id) => (broken += id === hostId ? 1 : 0) })
    const { run, differences } = await fleet.run('permission-purge', {
      params: purge,
      answers: { 'takes-over': 'yes' },
    })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(differences).toEqual([])
    await atRest()
    deaf()
    expect(broken).toBe(0)
    expect(await isOnline()).toBe(true)
  })

  test('kill -9 of the link: it is back before the lease ends. When it stays away, the host rolls itself back', async () => {
    const runId = await holding()
    // Before: the same installer once more, which leaves alone what runs.
    const parts = () => Promise.all([ROOT_PART, LINK].map((unit) => show(unit, 'InvocationID')))
    const before = await parts()
    expect(await installAgain(host)).toContain('Nothing was changed, and nothing is restarted.')
    expect(await parts()).toEqual(before)
    expect(await isAway()).toBe(true)
    await host.enter(['systemctl', 'kill', '--signal=KILL', LINK])
    await host.waitUntil(async () => (await show(LINK, 'NRestarts')) !== '0')
    await fleet.online('plant')
    expect(await isAway()).toBe(true)
    await host.enter(['systemctl', 'stop', LINK])
    await host.waitUntil(async () => !(await isAway()))
    expect(await show(LINK, 'ActiveState')).toBe('inactive')
    await host.enter(['systemctl', 'start', LINK])
    const run = await fleet.ended(runId)
    expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical' })
    expect(run.hosts[0]?.leaseLost).not.toBeNull()
  })

  test('stopping the agent rolls everything back and stops both parts; starting it starts both', async () => {
    await fleet.online('plant')
    const runId = await holding()
    await host.enter(['systemctl', 'stop', ROOT_PART])
    expect(await isAway()).toBe(false)
    expect([await show(ROOT_PART, 'ActiveState'), await show(LINK, 'ActiveState')]).toEqual(['inactive', 'inactive'])
    await host.enter(['systemctl', 'start', ROOT_PART])
    const run = await fleet.ended(runId)
    expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical' })
    await fleet.online('plant')
  })
})
