import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.ts'

/** The Debian release inside every host. */
export const SUITE = 'bookworm'

/** The list of packages inside every host. */
export const PACKAGE_LIST = fileURLToPath(new URL('../setup/lab-packages.txt', import.meta.url))

/** Documentation and translations are left out: they double the time to copy a disk and no drill reads them. */
export const DPKG_OPTIONS = ['man', 'doc', 'locale', 'info', 'lintian', 'i18n/locales', 'cups/locale'].map(
  (folder) => `path-exclude=/usr/share/${folder}/*`,
)

/** Installed, but started only by the tests that need them: hosts boot faster, and nothing moves by itself. */
const DISABLED = [
  'nginx.service',
  'slapd.service',
  'cups.service',
  'cups.socket',
  'cups.path',
  'postgresql.service',
  'chrony.service',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'getty@tty1.service',
]

/** A console that nobody reads, and a wait for a network that tests wait for themselves. */
const MASKED = ['console-getty.service', 'systemd-networkd-wait-online.service']

const FILES: Record<string, string> = {
  'etc/hostname': 'lab\n',
  'etc/hosts': '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n',
  'etc/resolv.conf': '# the lab has no name server\n',
  'etc/machine-id': '',
  'etc/apt/sources.list': '# the lab has no way out\n',
  // Synced log files would commit the file system's journal and hide a forgotten fsync of the program under test.
  'etc/systemd/journald.conf.d/lab.conf': '[Journal]\nStorage=volatile\nRuntimeMaxUse=32M\n',
}

/** The names of the packages, without comments. */
export async function packageNames(): Promise<string[]> {
  const lines = (await readFile(PACKAGE_LIST, 'utf8')).split('\n')
  return lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '')
}

/** What is done to a fresh tree before any host is made from it. */
export async function finishTree(root: string): Promise<void> {
  for (const [path, content] of Object.entries(FILES)) {
    await rm(join(root, path), { force: true })
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), content)
  }
  await run(['systemctl', `--root=${root}`, 'enable', '--quiet', 'systemd-networkd.service'])
  await run(['chroot', root, 'systemctl', 'disable', '--quiet', ...DISABLED])
  for (const unit of MASKED) {
    await rm(join(root, 'etc/systemd/system', unit), { force: true })
    await symlink('/dev/null', join(root, 'etc/systemd/system', unit))
  }
}
