import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  diffManifests,
  type LabHost,
  type Manifest,
  mountShare,
  SHARE,
  serveShare,
  until,
} from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { agentCommand } from './support/install.ts'

const AGENT = '/usr/local/bin/chaos-lite-agent'
const NAME = 'erp.example.test'
const PIPE = '/srv/certificate.pem'
const LOCAL = '/srv/local.txt'
const CHANGED = '192.0.2.7'
/** The latest moment at which a host may be rolled back, after the time that stands in the record. */
const GRACE_MS = 5_000

const policy = `policy: 1
actions: [hosts.override, service.stop]
services: [reader.service]
exercises: [backup.restore]
repositories: [shared]
names: [${NAME}]
addresses: [192.0.2.0/24]
probePaths: [/mnt, /srv]
probeHosts: [${NAME}]
`
/** Looks at a share whose server is about to fall silent, and at a pipe in the place of a file, while a name leads elsewhere. */
const drill = `drill: reads-that-hang
version: 1
title: A name leads elsewhere while reads hang
why: Does a read that hangs keep a host in its failure?
targets:
  desk: { where: { role: desk }, exactly: 1 }
steadyState:
  plan-there: { probe: file, on: desk, with: { path: ${SHARE.file} }, every: 1s }
watch:
  pipe: { probe: certificate, on: desk, with: { path: ${PIPE} }, every: 1s }
  room: { probe: disk, on: desk, with: { path: ${SHARE.point} }, every: 1s }
  contents: { probe: file, on: desk, with: { path: ${SHARE.file}, sha256: true }, every: 1s }
  name: { probe: dns, on: desk, with: { name: ${NAME}, expectAddress: ${CHANGED} }, every: 1s }
method:
  - name: switch-name
    inject: hosts.override
    on: desk
    with: { entries: [{ name: ${NAME}, address: ${CHANGED} }] }
    hold: 30s
    effect: { probe: name, expect: up }
  - name: asked
    ask: Does anybody notice?
    of: administrator
    within: 30s
release: early
`

/** The backup lies on the share: its restore is what hangs, in more ways than one. */
const repositories = `shared: { driver: folder, location: ${SHARE.point} }\n`
const MANY_FILES = 4_000
const restoring = `drill: restores-that-hang
version: 1
title: A name leads elsewhere while a restore hangs
why: Does a restore that hangs keep a host in its failure?
targets:
  desk: { where: { role: desk }, exactly: 1 }
steadyState:
  local: { probe: file, on: desk, with: { path: ${LOCAL} }, every: 1s }
watch:
  name: { probe: dns, on: desk, with: { name: ${NAME}, expectAddress: ${CHANGED} }, every: 1s }
method:
  - name: switch-name
    inject: hosts.override
    on: desk
    with: { entries: [{ name: ${NAME}, address: ${CHANGED} }] }
    hold: 25s
    effect: { probe: name, expect: up }
  - name: restore
    exercise: backup.restore
    on: desk
    with: { repository: shared, into: scratch }
    within: 20s
release: early
`

/** Its next start would read the share. */
const READER = `[Service]
ExecStart=/usr/bin/sleep infinity
EnvironmentFile=${SHARE.file}
`

interface Open {
  readonly recordId: string
  readonly state: string
  readonly revertByWallMs: number
}

/** A hold that the safety timer ends soon, and long enough to be seen and struck on a machine with much else to do. */
const SOON = '10s'

describeLab('what hangs keeps no host in its failure', () => {
  let fleet: Fleet
  let desk: LabHost
  let folder: string
  let before: Manifest

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chaos-lite-hung-'))
    await writeFile(join(folder, 'reads-that-hang.yaml'), drill)
    await writeFile(join(folder, 'restores-that-hang.yaml'), restoring)
    const hosts = ['desk', 'files']
    fleet = await startFleet({
      hosts: { desk: { labels: { role: 'desk' }, policy, repositories } },
      bystanders: ['files'],
      disk: 'ext4',
      more: hosts,
      devices: { desk: ['/dev/fuse'] },
      drills: folder,
      async scene(lab) {
        await serveShare(lab.host('files'), lab.host('desk'))
        const many = 'mkdir "$1/many" && cd "$1/many" && seq "$2" | xargs touch'
        await lab.host('files').exec(['sh', '-c', many, 'sh', SHARE.folder, `${MANY_FILES}`])
        await mountShare(lab.host('desk'), lab.host('files'))
        await lab.host('desk').exec(['mkfifo', PIPE])
        await lab.host('desk').writeFile(LOCAL, 'here')
        await lab.host('desk').writeFile('/etc/systemd/system/reader.service', READER)
        await lab.host('desk').exec(['systemctl', 'daemon-reload'])
        await lab.host('desk').exec(['systemctl', 'start', 'reader'])
      },
    })
    desk = fleet.host('desk')
  })
  afterAll(async () => {
    await fleet?.host('files').thaw()
    await fleet?.[Symbol.asyncDispose]()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  beforeEach(async () => {
    before = await desk.manifest()
  })

  async function open(): Promise<Open[]> {
    const { stdout } = await desk.enter([AGENT, 'status', '--json'], { check: false })
    return (JSON.parse(stdout) as { open: Open[] }).open
  }

  async function injected(): Promise<Open> {
    return await until('the failure is in place', async () => {
      const [record] = await open()
      return record?.state === 'injected' ? record : undefined
    })
  }

  /** By the file that a person sees, and by the journal. */
  async function backInTime({ revertByWallMs }: Open): Promise<void> {
    const isBack = async () => !(await desk.readFile('/etc/hosts')).includes(CHANGED) && (await open()).length === 0
    await until('the host is rolled back', isBack, { timeoutMs: revertByWallMs + GRACE_MS - Date.now() })
  }

  async function expectIdentical(): Promise<void> {
    const units = ['systemctl', 'list-units', '--all', '--no-legend', 'rehearsal*', 'chaos-lite-failsafe*']
    await until('its units are gone', async () => (await desk.enter(units)).stdout.trim() === '')
    // The file of halt comes and goes in there.
    const differences = diffManifests(before, await desk.manifest())
    expect(differences.filter((line) => !line.startsWith('files /etc/chaos-lite: mtime'))).toEqual([])
  }

  /** A rehearsal as a unit of its own. Returns when the failure is in place. */
  async function rehearse(hold: string, unit = 'rehearsal'): Promise<Open> {
    const params = JSON.stringify({ entries: [{ name: NAME, address: CHANGED }] })
    const rehearsal = [AGENT, 'rehearse', 'hosts.override', '--with', params, '--hold', hold, '--yes']
    await desk.enter(['systemd-run', '--quiet', '--collect', `--unit=${unit}`, '--', ...rehearsal])
    return await injected()
  }

  /** Another start of the agent that rolls back, stopped at its first rename: with the lock in its hand. */
  async function revertThatStops(): Promise<void> {
    const calls = 'rename,renameat,renameat2'
    const strace = ['strace', '-f', '-q', '-o', '/run/trace', '-e', `trace=${calls}`]
    const stop = ['-e', `inject=${calls}:signal=STOP:when=1`]
    const revert = [...strace, ...stop, AGENT, 'revert', '--all']
    await desk.enter(['systemd-run', '--quiet', '--collect', '--unit=rehearsal-stopped', '--', ...revert])
    await until('it is stopped', async () => {
      const { stdout } = await desk.enter(['cat', '/run/trace'], { check: false })
      return stdout.includes('stopped by SIGSTOP')
    })
  }

  test('a share whose server falls silent, and a pipe: the run goes on, and no thread of the agent waits', async () => {
    const { runId } = await fleet.start('reads-that-hang')
    const record = await injected()
    const main = async () =>
      (await desk.enter(['systemctl', 'show', '-P', 'MainPID', 'chaos-lite-agent'])).stdout.trim()
    const pid = await main()
    await fleet.host('files').freeze()
    const { runBook } = fleet.controller.context
    const gone = await runBook.until(runId, (run) => run.outcome !== null, { withinMs: 90_000 })
    await backInTime(record)
    const states = await desk.enter(['sh', '-c', `cut -d' ' -f3 /proc/${pid}/task/*/stat 2>/dev/null || true`], {
      check: false,
    })
    expect(states.stdout).not.toContain('D')
    expect(gone?.steps.find(({ stepId }) => stepId === 'switch-name')?.hosts[0]?.restoration).toBe('identical')
    await fleet.host('files').thaw()
    await until('the share answers', async () => (await desk.enter(['cat', SHARE.file], { check: false })).code === 0)
    await expectIdentical()
  })

  test('a service whose start needs the silent share is not stopped, and the answer comes soon', async () => {
    await fleet.host('files').freeze()
    const stop = [
      AGENT,
      'rehearse',
      'service.stop',
      '--with',
      '{"service":"reader"}',
      '--hold',
      '1s',
      '--yes',
      '--json',
    ]
    const unit = ['--collect', '--unit=rehearsal-refused', '--property=StandardOutput=file:/run/answer']
    await desk.enter(['systemd-run', '--quiet', ...unit, '--', ...stop])
    // Not until its unit ends: the kernel keeps the program that looked, whoever kills it.
    const answer = await until('it answers', async () => {
      const { stdout } = await desk.enter(['cat', '/run/answer'], { check: false })
      return stdout.trim().endsWith('}') ? stdout : undefined
    })
    await fleet.host('files').thaw()
    await desk.enter(['rm', '/run/answer'])
    expect(answer).toContain(`${SHARE.file} gave no answer within 5 s: its file system hangs`)
    await until('the share answers', async () => (await desk.enter(['cat', SHARE.file], { check: false })).code === 0)
    await expectIdentical()
  })

  test('an agent that is frozen during the hold: the safety timer rolls back', async () => {
    const record = await rehearse(SOON)
    await desk.enter(['systemctl', 'kill', '--signal=STOP', 'rehearsal'])
    await backInTime(record)
    await desk.enter(['systemctl', 'kill', '--signal=KILL', 'rehearsal'])
    await expectIdentical()
  })

  test('one that is frozen with the lock in its hand is killed by the safety timer', async () => {
    const record = await rehearse(SOON)
    await revertThatStops()
    await backInTime(record)
    await expectIdentical()
  })

  test('… and by halt within seconds, long before the safety timer', async () => {
    const record = await rehearse('10m')
    await revertThatStops()
    expect(await agentCommand(desk, ['halt'])).toMatchObject({ code: 0 })
    expect(await open()).toEqual([])
    expect(Date.now()).toBeLessThan(record.revertByWallMs - 500_000)
    await agentCommand(desk, ['halt', '--lift'])
    // By whoever waited first: the rehearsal sees the halt file as well. systemd hears of the end a moment later.
    await until('the stopped one is ended', async () => {
      const stopped = await desk.enter(['systemctl', 'is-active', 'rehearsal-stopped'], { check: false })
      return stopped.stdout.trim() !== 'active'
    })
    await expectIdentical()
  })

  /** A run whose exercise is at work: a program copies from the share. */
  async function restoringRun(): Promise<{ runId: string; record: Open }> {
    const { runId } = await fleet.start('restores-that-hang')
    const record = await injected()
    await desk.waitUntil(['pgrep', '--full', `[c]p -a .*${SHARE.point}`])
    return { runId, record }
  }

  /** What an exercise may have left: units, processes, files. */
  async function leftOfExercises(): Promise<string> {
    const look = `systemctl list-units --all --plain --no-legend 'chaos-lite-exercise-*'
      pgrep -a -f '[e]xercise-work|[u]nshare'; ls -d /var/lib/chaos-lite/scratch/exercise-* 2>/dev/null; true`
    return (await desk.enter(['sh', '-c', look])).stdout
  }

  async function ended(runId: string) {
    const { runBook } = fleet.controller.context
    const run = await runBook.until(runId, ({ outcome }) => outcome !== null, { withinMs: 120_000 })
    expect(run?.outcome).not.toBe('passed')
    expect(run?.steps.find(({ stepId }) => stepId === 'switch-name')?.hosts[0]?.restoration).toBe('identical')
    await until('nothing is left', async () => (await leftOfExercises()) === '', { timeoutMs: 60_000 })
  }

  test('a share that falls silent in the middle of a restore from it', async () => {
    const { runId, record } = await restoringRun()
    await fleet.host('files').freeze()
    await backInTime(record)
    await fleet.host('files').thaw()
    await ended(runId)
    await expectIdentical()
  })

  test('every process of a restore is frozen in the middle of it', async () => {
    const { runId, record } = await restoringRun()
    await desk.enter(['pkill', '--signal=STOP', '--full', '[e]xercise'])
    await backInTime(record)
    await ended(runId)
    await expectIdentical()
  })

  test('the agent and the restore are frozen: the safety timer ends it and rolls back', async () => {
    const { runId, record } = await restoringRun()
    await desk.enter(['pkill', '--signal=STOP', '--full', '[e]xercise'])
    await desk.enter(['systemctl', 'kill', '--signal=STOP', 'chaos-lite-agent'])
    await backInTime(record)
    await desk.enter(['systemctl', 'kill', '--signal=KILL', 'chaos-lite-agent'])
    await ended(runId)
    await expectIdentical()
  })
})
