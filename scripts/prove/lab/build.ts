import { fileURLToPath } from 'node:url'
import { buildAgent } from '../../build/index.ts'
import { Lab, type LabHost, mountShare, serveShare } from '../../lab/index.ts'
import { startShapes } from '../../lab/shapes.ts'
import { proved as all } from '../actions.ts'
import { policyFor } from '../proved.ts'
import type { Schedule } from '../schedule.ts'
import { AGENT } from './start-agent.ts'

const INSTALLER = fileURLToPath(new URL('../../install-agent.sh', import.meta.url))
const MEDIA = { installer: '/mnt/install-agent.sh', binary: '/mnt/chaos-lite-agent' }
/** The units of a boot that roll back. */
export const BOOT_UNITS = ['chaos-lite-recover-early.service', 'chaos-lite-recover.service']
/** Who every host of the lab has; see `scene.ts` for the pretended ones. */
const PEOPLE = [
  ['groupadd', 'planners'],
  ['useradd', '--create-home', '--shell', '/bin/bash', '--groups', 'planners', 'anna'],
  ['useradd', '--create-home', '--groups', 'planners,sudo', 'bela'],
]
/** Whose own units run without anybody being logged in, and which they are. */
const LINGERS = 'anna'
const OWN_UNITS: Readonly<Record<string, string>> = {
  'own.service': '[Service]\nExecStart=/bin/sleep 1000000\n',
  'own-once.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n',
  'own.timer': '[Timer]\nOnCalendar=2099-01-01\n',
  'own-idle.service': '[Service]\nExecStart=/bin/sleep 1000000\n',
  'own-idle.socket': '[Socket]\nListenStream=%t/own-idle.sock\n',
}
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
  await startOwnUnits(host)
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

/** The units of a user's own manager, which lingers: they run from the boot on. */
async function startOwnUnits(host: LabHost): Promise<void> {
  // What libpam-systemd would say to it, which these hosts do not have.
  const place = '[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n'
  await host.writeFile('/etc/systemd/system/user@.service.d/place.conf', place)
  const folder = `/home/${LINGERS}/.config/systemd/user`
  await host.enter(['mkdir', '--parents', `${folder}/default.target.wants`])
  for (const [name, text] of Object.entries(OWN_UNITS)) {
    await host.writeFile(`${folder}/${name}`, text)
    if (name !== 'own-idle.service') {
      await host.enter(['ln', '--symbolic', `../${name}`, `${folder}/default.target.wants/${name}`])
    }
  }
  await host.exec(['chown', '--recursive', `${LINGERS}:`, `/home/${LINGERS}/.config`])
  await host.exec(['systemctl', 'daemon-reload'])
  await host.exec(['loginctl', 'enable-linger', LINGERS])
  await host.waitUntil(async () => (await ownManager(host)) === 'running')
}

/** What the manager of the user's own units says of itself; nothing where there is none to ask. */
export async function ownManager(host: LabHost): Promise<string> {
  const ask = `id=$(id --user ${LINGERS}); XDG_RUNTIME_DIR=/run/user/$id exec setpriv --reuid=$id --clear-groups systemctl --user is-system-running`
  return (await host.enter(['sh', '-c', ask], { check: false })).stdout.trim()
}
