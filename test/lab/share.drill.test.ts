import { afterAll, beforeAll, expect, test } from 'vitest'
import { diffManifests, Lab, type LabHost, mountShare, SHARE, serveShare } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { agentCommand, installationMedia } from './support/install.ts'
import { beginRehearsal, killRehearsal, putBack, rehearse } from './support/rehearsal.ts'
import { thoroughly } from './support/thoroughly.ts'

const policy = `policy: 1
actions: [share.disconnect]
shares: [${SHARE.point}]
probePaths: [${SHARE.point}]
holdAtMost: 30m
`
const lost = { share: SHARE.point, file: SHARE.file }

type Outcome = { restoration: string; kept: string[]; byHand: string | null }

describeLab('share.disconnect of a real share', () => {
  let lab: Lab
  let desk: LabHost
  let files: LabHost

  beforeAll(async () => {
    const hosts = ['desk', 'files']
    lab = await Lab.up({ hosts, more: hosts, devices: { desk: ['/dev/fuse'] }, binds: await installationMedia() })
    desk = lab.host('desk')
    files = lab.host('files')
    await serveShare(files, desk)
    await mountShare(desk, files)
    await desk.writeFile('/root/policy.yaml', policy)
    const media = ['--binary', '/mnt/chaos-lite-agent', '--policy', '/root/policy.yaml']
    await desk.exec(['sh', '/mnt/install-agent.sh', ...media], { env: { DESTDIR: '/' } })
    const units = ['chaos-lite-recover-early.service', 'chaos-lite-recover.service']
    await desk.exec(['systemctl', 'daemon-reload'])
    await desk.exec(['systemctl', 'enable', '--quiet', ...units])
  })
  afterAll(async () => await lab?.down())

  const isThere = async () => (await desk.enter(['cat', SHARE.file], { check: false })).stdout === 'two\n'
  async function changedBy(act: () => Promise<void>): Promise<readonly string[]> {
    const before = await desk.manifest()
    await act()
    return diffManifests(before, await desk.manifest())
  }
  async function revert(): Promise<Outcome> {
    const { stdout } = await agentCommand(desk, ['revert', '--all', '--json'])
    const [outcome] = (JSON.parse(stdout) as { outcomes: Outcome[] }).outcomes
    if (outcome === undefined) throw new Error(`nothing was rolled back: ${stdout}`)
    return outcome
  }

  test('a rehearsal is confirmed, and the share is there as before when the agent has ended', async () => {
    const changes = await changedBy(async () => {
      expect(await rehearse(desk, 'share.disconnect', lost)).toMatchObject({
        ...{ reason: null, exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
      })
    })
    expect(changes).toEqual([])
    expect(await isThere()).toBe(true)
  })

  thoroughly('is refused while a program uses it, and nothing is touched', async () => {
    await desk.exec(['systemd-run', '--quiet', '--unit=user', `--working-directory=${SHARE.point}`, 'sleep', '600'])
    expect(await rehearse(desk, 'share.disconnect', lost)).toMatchObject({
      ...{ exitCode: 2, ok: false, code: 'wrong-state', reason: expect.stringMatching(/in use by sleep/) },
    })
    expect(await isThere()).toBe(true)
    await desk.exec(['systemctl', 'stop', 'user'])
  })

  test('kill -9 in the middle: it is mounted again', async () => {
    const changes = await changedBy(async () => {
      await beginRehearsal(desk, 'share.disconnect', lost)
      expect(await isThere()).toBe(false)
      await killRehearsal(desk)
      expect(await revert()).toMatchObject({ restoration: 'identical', kept: [] })
      await putBack(desk)
    })
    expect(changes).toEqual([])
    expect(await isThere()).toBe(true)
  })

  test('a file that somebody saved in the folder meanwhile is kept below the share, and named', async () => {
    const { point } = SHARE
    await beginRehearsal(desk, 'share.disconnect', lost)
    await desk.writeFile(`${point}/mine.txt`, 'mine\n')
    await killRehearsal(desk)
    const outcome = await revert()
    expect(outcome).toMatchObject({ restoration: 'ours undone', byHand: null })
    expect(outcome.kept.join()).toMatch(/while the share was not mounted: "mine\.txt".*hidden below the share now/)
    expect(await isThere()).toBe(true)
    await putBack(desk)
    await desk.exec(['systemctl', 'stop', 'mnt-plans.mount'])
    expect((await desk.enter(['cat', `${point}/mine.txt`])).stdout).toBe('mine\n')
    await desk.exec(['rm', `${point}/mine.txt`])
    await desk.exec(['systemctl', 'start', 'mnt-plans.mount'])
  })

  test('a server that is away stays named until it is back, and then so is the share', async () => {
    const changes = await changedBy(async () => {
      await beginRehearsal(desk, 'share.disconnect', lost)
      await files.exec(['systemctl', 'stop', 'ssh'])
      await killRehearsal(desk)
      const stuck = await revert()
      expect(stuck.restoration).toBe('stuck')
      expect(stuck.byHand).toMatch(/mount -t fuse\.sshfs/)
      await files.exec(['systemctl', 'start', 'ssh'])
      expect(await revert()).toMatchObject({ restoration: 'identical', kept: [] })
      await putBack(desk)
    })
    expect(changes).toEqual([])
    expect(await isThere()).toBe(true)
  })

  test('what an administrator mounted there meanwhile stays', async () => {
    await beginRehearsal(desk, 'share.disconnect', lost)
    await desk.exec(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'spare', SHARE.point])
    await killRehearsal(desk)
    const outcome = await revert()
    expect(outcome).toMatchObject({ restoration: 'ours undone', byHand: null })
    expect(outcome.kept.join()).toMatch(/Somebody else mounted spare \(tmpfs/)
    await putBack(desk)
    expect((await desk.enter(['findmnt', '--noheadings', '--output=SOURCE', SHARE.point])).stdout.trim()).toBe('spare')
    await desk.exec(['umount', SHARE.point])
    await desk.exec(['systemctl', 'start', 'mnt-plans.mount'])
  })

  thoroughly('a share that an administrator mounted again meanwhile is left as it is', async () => {
    const changes = await changedBy(async () => {
      await beginRehearsal(desk, 'share.disconnect', lost)
      await desk.exec(['systemctl', 'start', 'mnt-plans.mount'])
      await killRehearsal(desk)
      const outcome = await revert()
      expect(outcome.restoration).toBe('ours undone')
      expect(outcome.kept.join()).toMatch(/before this agent looked into the folder/)
      await putBack(desk)
    })
    expect(changes).toEqual([])
    expect(await isThere()).toBe(true)
  })

  thoroughly('a restart in the middle brings it back by fstab', async () => {
    const changes = await changedBy(async () => {
      await beginRehearsal(desk, 'share.disconnect', lost)
      expect(await desk.reboot()).toBe('running')
      await putBack(desk)
    })
    expect(changes).toEqual([])
    expect(await isThere()).toBe(true)
  })
})
