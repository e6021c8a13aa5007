import { afterAll, beforeAll, expect, test } from 'vitest'
import { diffManifests, Lab, type LabHost, type Manifest } from '../../scripts/lab/index.ts'
import { addAccount, addGroup } from './support/accounts.ts'
import { type Conflict, conflicts, resetScene, setConflictScene } from './support/conflicts.ts'
import { describeLab } from './support/describe-lab.ts'
import { agentCommand, installationMedia } from './support/install.ts'
import { serveSite } from './support/nginx.ts'
import { beginRehearsal, killRehearsal, putBack } from './support/rehearsal.ts'

const policy = `policy: 1
actions: [hosts.override, service.stop, permission.revoke, membership.revoke, data.quarantine]
services: [desk, nginx]
names: [erp.example.test]
addresses: [192.0.2.0/24]
folders: [/srv]
accounts: [anna]
groups: [release]
holdAtMost: 30m
`

type Outcome = { restoration: string; kept: string[]; byHand: string | null }

const all = process.env.CHAOS_LITE_ALL_CONFLICTS === 'yes'
const chosen = conflicts.filter(({ always }) => all || always)

/** Two acts at two times: no two times agree. What was kept aside is looked at by its own test. */
const ignore = [
  { section: 'files', key: '.*', fields: ['mtime'], reason: 'the same is done twice, at two times' },
  { section: 'files', key: '/srv/data\\.kept-.*', reason: 'what others made in the place of a folder' },
  { section: 'files', key: '/root/.*', reason: 'the copy of the scene' },
]

describeLab('somebody else changes the same thing meanwhile', () => {
  let lab: Lab
  let host: LabHost

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['box'], binds: await installationMedia() })
    host = lab.host('box')
    await serveSite(host)
    await addGroup(host, 'release')
    for (const name of ['anna', 'bela']) await addAccount(host, { name, groups: ['release'] })
    await host.writeFile('/root/policy.yaml', policy)
    const install = [
      'sh',
      '/mnt/install-agent.sh',
      '--binary',
      '/mnt/chaos-lite-agent',
      '--policy',
      '/root/policy.yaml',
    ]
    await host.exec(install, { env: { DESTDIR: '/' } })
    await setConflictScene(host)
    await host.exec(['systemctl', 'daemon-reload'])
    await host.exec([
      'systemctl',
      'enable',
      '--quiet',
      'chaos-lite-recover-early.service',
      'chaos-lite-recover.service',
    ])
  })
  afterAll(async () => await lab?.down())

  const look = (): Promise<Manifest> => host.manifest({ ignore })

  /** The failure begins, they act, the agent dies, and a fresh one rolls back what is ours. */
  async function clash({ action, params, theirs }: Pick<Conflict, 'action' | 'params' | 'theirs'>): Promise<Outcome> {
    await beginRehearsal(host, action, params)
    await host.exec(['sh', '-c', theirs])
    await killRehearsal(host)
    return await revert()
  }

  async function revert(): Promise<Outcome> {
    const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
    const { outcomes } = JSON.parse(stdout) as { outcomes: Outcome[] }
    const [outcome] = outcomes
    if (outcome === undefined) throw new Error(`nothing was rolled back: ${stdout}`)
    return outcome
  }

  test.each(chosen)('$action: $what', async (conflict) => {
    await resetScene(host)
    await host.exec(['sh', '-c', conflict.alone ?? conflict.theirs])
    const theirsAlone = await look()
    await resetScene(host)
    const outcome = await clash(conflict)
    await putBack(host)
    expect(diffManifests(theirsAlone, await look())).toEqual([])
    expect(outcome).toMatchObject({ restoration: conflict.restoration, byHand: null })
    expect(outcome.kept.join(' ')).toMatch(conflict.kept ?? /^$/)
  })

  test('what others made in the place of a folder is kept beside it, whole', async () => {
    await resetScene(host)
    await clash({
      ...{ action: 'data.quarantine', params: { folder: '/srv/data' } },
      theirs: 'mkdir --mode=750 /srv/data; echo new >/srv/data/theirs; chown -R anna /srv/data',
    })
    await putBack(host)
    const seen = await host.enter([
      'sh',
      '-c',
      'cd /srv; stat --format="%n %U %a" data.kept-*; cat data/* data.kept-*/*',
    ])
    expect(seen.stdout).toMatch(/^data\.kept-\w+ anna 750\none\nnew\n$/)
  })

  test('a file system that is not there is named; once it is back, so is the folder', async () => {
    await resetScene(host)
    await host.exec(['sh', '-c', 'mkdir -p /srv/store/data /srv/away; mount --bind /srv/store /srv/away'])
    const before = await look()
    await beginRehearsal(host, 'data.quarantine', { folder: '/srv/away/data' })
    await host.enter(['umount', '/srv/away'])
    await killRehearsal(host)
    const stuck = await revert()
    expect(stuck.restoration).toBe('stuck')
    expect(stuck.byHand).toMatch(/neither at|is not mounted/)
    await host.enter(['mount', '--bind', '/srv/store', '/srv/away'])
    expect(await revert()).toMatchObject({ restoration: 'identical', kept: [] })
    await putBack(host)
    expect(diffManifests(before, await look())).toEqual([])
    await host.exec(['sh', '-c', 'umount /srv/away; rm -r /srv/store /srv/away'])
  })
})
