import type { LabHost } from './host.ts'

/** A folder of another machine, where a desk sees it, and a file that is on it. */
export const SHARE = { point: '/mnt/plans', folder: '/srv/plans', file: '/mnt/plans/wing.txt' }

/** Makes the host a file server that lets the desk in by its key. */
export async function serveShare(files: LabHost, desk: LabHost): Promise<void> {
  await files.writeFile(`${SHARE.folder}/wing.txt`, 'two\n')
  await desk.enter(['mkdir', '--parents', '--mode=700', '/root/.ssh'])
  await desk.exec(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', '/root/.ssh/id_ed25519'])
  await files.writeFile('/root/.ssh/authorized_keys', await desk.readFile('/root/.ssh/id_ed25519.pub'), 0o600)
  await files.exec(['systemctl', 'enable', '--quiet', 'ssh'])
  await files.exec(['systemctl', 'start', 'ssh'])
}

/**
 * Mounts it by a line of fstab, as an office has it, with words for systemd alone. Over SSH, because a lab's kernel serves
 * no other share.
 */
export async function mountShare(desk: LabHost, files: LabHost): Promise<void> {
  const source = `root@${files.address}:${SHARE.folder}`
  const options =
    '_netdev,nofail,x-systemd.device-timeout=20s,reconnect,StrictHostKeyChecking=no,UserKnownHostsFile=/dev/null,ConnectTimeout=5'
  await desk.writeFile('/etc/fstab', `${source} ${SHARE.point} fuse.sshfs ${options} 0 0\n`)
  await desk.enter(['mkdir', '--parents', SHARE.point])
  await desk.exec(['systemctl', 'daemon-reload'])
  await desk.exec(['systemctl', 'start', 'mnt-plans.mount'])
  await desk.waitUntil(['test', '-e', SHARE.file])
}
