import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diffManifests, Lab, type LabHost } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { agentCommand, installationMedia } from './support/install.ts'
import { serveNames } from './support/name-server.ts'
import { beginRehearsal, killRehearsal, putBack, rehearse } from './support/rehearsal.ts'
import { askByNetworkManager, askByResolved, type Manager, meddling } from './support/resolvers.ts'
import { thoroughly } from './support/thoroughly.ts'

const ERP = 'erp.example.test'
const policy = `policy: 1
actions: [resolver.switch]
addresses: [10.77.0.0/16]
probeHosts: [erp.example.test, 10.77.0.0/16]
holdAtMost: 30m
`

/** NetworkManager's own doing: it writes the file anew, by a rename, whenever it reads its settings. */
const byItself = [
  { section: 'files', key: '/etc(/resolv\\.conf)?', fields: ['mtime'], reason: 'NetworkManager writes it anew' },
  {
    ...{ section: 'units', key: 'NetworkManager-dispatcher\\.service', fields: ['active', 'sub'] },
    reason: 'started for a moment by whatever happens to a connection',
  },
]

describeLab('name servers that a program decides', () => {
  let lab: Lab

  beforeAll(async () => {
    lab = await Lab.up({
      hosts: ['stub', 'desktop', 'names', 'others'],
      more: ['stub', 'desktop'],
      binds: await installationMedia(),
    })
    await Promise.all(['names', 'others'].map((name) => serveNames(lab.host(name), { [ERP]: lab.host(name).address })))
    await Promise.all([
      askByResolved(lab.host('stub'), lab.host('names'), ERP),
      askByNetworkManager(lab.host('desktop'), lab.host('names'), ERP),
    ])
    await Promise.all(['stub', 'desktop'].map((name) => install(lab.host(name))))
  })
  afterAll(async () => await lab?.down())

  const cases: [Manager, string][] = [
    ['systemd-resolved', 'stub'],
    ['NetworkManager', 'desktop'],
  ]
  describe.each(cases)('by %s', (manager, name) => {
    const host = () => lab.host(name)
    const elsewhere = () => ({
      servers: [lab.host('others').address],
      name: ERP,
      expectAddress: lab.host('others').address,
    })
    const leadsTo = async () => (await host().enter(['getent', 'ahostsv4', ERP], { check: false })).stdout.split(' ')[0]
    const look = () => host().manifest({ ignore: byItself })

    async function changedBy(act: () => Promise<void>): Promise<readonly string[]> {
      const before = await look()
      await act()
      return diffManifests(before, await look())
    }

    test('the plan says by which means, and a rehearsal is confirmed and leaves the host as it was', async () => {
      const changes = await changedBy(async () => {
        expect(await rehearse(host(), 'resolver.switch', elsewhere())).toMatchObject({
          ...{ reason: null, exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
        })
      })
      expect(changes).toEqual([])
      expect(await leadsTo()).toBe(lab.host('names').address)
    })

    test('kill -9 in the middle, after somebody else set other servers: theirs stay, ours go', async () => {
      await beginRehearsal(host(), 'resolver.switch', elsewhere())
      expect(await leadsTo()).toBe(lab.host('others').address)
      await host().exec(['sh', '-c', meddling[manager].set])
      expect(await leadsTo()).toBe(lab.host('others').address)
      await killRehearsal(host())
      const { stdout } = await agentCommand(host(), ['revert', '--all', '--json'])
      expect(stdout).toMatch(/ours undone/)
      expect(stdout).toMatch(/10\.9\.9\.9 of host0/)
      await putBack(host())
      expect(
        (await host().enter(['sh', '-c', 'cat /run/systemd/resolve/resolv.conf /etc/resolv.conf'], { check: false }))
          .stdout,
      ).toContain('10.9.9.9')
      await host().exec(['sh', '-c', meddling[manager].unset])
      expect(await leadsTo()).toBe(lab.host('names').address)
    })

    // Both lie in the same place, which a boot empties.
    const once = manager === 'systemd-resolved' ? test : thoroughly
    once('a restart of the host in the middle lifts it, and the record says identical', async () => {
      const changes = await changedBy(async () => {
        await beginRehearsal(host(), 'resolver.switch', elsewhere())
        expect(await host().reboot()).toBe('running')
        await putBack(host())
        await host().waitUntil(async () => (await leadsTo()) === lab.host('names').address)
      })
      expect(changes).toEqual([])
    })

    thoroughly('what UNDO.txt says rolls it back', async () => {
      const changes = await changedBy(async () => {
        await beginRehearsal(host(), 'resolver.switch', elsewhere())
        const { stdout } = await host().enter(['sh', '-c', 'cat /var/lib/chaos-lite/journal/*/UNDO.txt'])
        const commands = stdout.split('\n').map((row) => row.trim().replace(/^[-*\d.]+ /, ''))
        const mine = commands.filter((row) => /^(?:rm -f|rmdir|systemctl restart|nmcli general) /.test(row))
        expect(mine.length).toBe(3)
        for (const command of mine) await host().exec(['sh', '-c', command])
        expect(await leadsTo()).toBe(lab.host('names').address)
        await killRehearsal(host())
        const reverted = await agentCommand(host(), ['revert', '--all', '--json'])
        expect(reverted.stdout).toMatch(/"identical"/)
        await putBack(host())
      })
      expect(changes).toEqual([])
    })
  })
})

async function install(host: LabHost): Promise<void> {
  await host.writeFile('/root/policy.yaml', policy)
  const media = ['--binary', '/mnt/chaos-lite-agent', '--policy', '/root/policy.yaml']
  await host.exec(['sh', '/mnt/install-agent.sh', ...media], { env: { DESTDIR: '/' } })
  await host.exec(['systemctl', 'daemon-reload'])
  const units = ['chaos-lite-recover-early.service', 'chaos-lite-recover.service']
  await host.exec(['systemctl', 'enable', '--quiet', ...units])
}
