import { fileURLToPath } from 'node:url'
import { buildAgent } from '../../build/index.ts'
import { Lab, mountShare, serveShare } from '../../lab/index.ts'
import { startShapes } from '../../lab/shapes.ts'
import { proved as all } from '../actions.ts'
import { policyFor } from '../proved.ts'
import type { Schedule } from '../schedule.ts'
import { AGENT } from './start-agent.ts'

const INSTALLER = fileURLToPath(new URL('../../install-agent.sh', import.meta.url))
const MEDIA = { installer: '/mnt/install-agent.sh', binary: '/mnt/chaos-lite-agent' }
/** The units of a boot that put back. */
export const BOOT_UNITS = ['chaos-lite-recover-early.service', 'chaos-lite-recover.service']
/** Who every host of the lab has; see `scene.ts` for the pretended ones. */
const PEOPLE = [
  ['groupadd', 'planners'],
  ['useradd', '--create-home', '--shell', '/bin/bash', '--groups', 'planners', 'anna'],
  ['useradd', '--create-home', '--groups', 'planners,sudo', 'bela'],
]
/** Services that somebody starts, and no boot. */
export const BY_HAND = [...new Set(all.flatMap(({ runs = [] }) => runs))]

export type Disk = NonNullable<Schedule['disk']>

/** The agent's executable and its installer, built once for all hosts. */
export async function installationMedia(): Promise<Record<string, string>> {
  return { [(await buildAgent()).executable]: MEDIA.binary, [INSTALLER]: MEDIA.installer }
}

/** One host, `box`, with the agent as its installer leaves it; and with `share` another, `files`, that it has a folder of. */
export async function buildLab(disk: Disk, binds: Record<string, string>, share: boolean): Promise<Lab> {
  const hosts = share ? ['box', 'files'] : ['box']
  const forShare = share ? { more: hosts, devices: { box: ['/dev/fuse'] } } : {}
  const lab = await Lab.up({ hosts, disk, binds, ...forShare })
  const host = lab.host('box')
  for (const argv of PEOPLE) await host.exec(argv)
  for (const argv of all.flatMap((one) => one.lab ?? [])) await host.exec(argv)
  for (const unit of BY_HAND) {
    await host.writeFile(`/etc/systemd/system/${unit}`, '[Service]\nExecStart=/bin/sleep infinity\n')
  }
  await host.writeFile(
    '/etc/systemd/system/shape-person.service',
    '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n',
  )
  await startShapes(host)
  await host.exec(['systemctl', 'enable', '--quiet', 'shape-person.service'])
  if (share) {
    await serveShare(lab.host('files'), host)
    await mountShare(host, lab.host('files'))
  }
  await host.writeFile('/root/policy.yaml', policyFor(all))
  const install = ['sh', MEDIA.installer, '--binary', MEDIA.binary, '--policy', '/root/policy.yaml']
  // As a packager would: the files only, without a controller.
  await host.exec(install, { env: { DESTDIR: '/' } })
  await host.exec(['systemctl', 'daemon-reload'])
  await host.exec(['systemctl', 'enable', '--quiet', ...BOOT_UNITS])
  // The first rehearsal keeps a copy of the executable; from then on hosts do not differ.
  const params = JSON.stringify(all[0]?.settings[0].params)
  await host.exec([AGENT, 'rehearse', all[0]?.action ?? '', '--with', params, '--hold', '1s', '--yes'])
  return lab
}
