import type { Host } from '../host/index.ts'
import { answersTo, type Finding } from './findings.ts'

/** The programs of the operating system that this agent uses, why, and in which Debian package they come. */
const TOOLS: readonly {
  readonly program: string
  readonly package: string
  readonly why: string
}[] = [
  { program: 'systemctl', package: 'systemd', why: 'services and the safety timer' },
  { program: 'getfacl', package: 'acl', why: 'keeping access lists when permissions are revoked' },
  { program: 'setfacl', package: 'acl', why: 'restoring access lists' },
  { program: 'getfattr', package: 'attr', why: 'comparing access lists and file capabilities of a restore' },
  { program: 'setpriv', package: 'util-linux', why: 'asking as another account' },
  { program: 'gpasswd', package: 'passwd', why: 'group memberships' },
  { program: 'ip', package: 'iproute2', why: 'switching a network interface off and on' },
  { program: 'fallocate', package: 'util-linux', why: 'filling a disk quickly' },
  { program: 'nft', package: 'nftables', why: 'blocking traffic and name resolution' },
  { program: 'restic', package: 'restic', why: 'backups in restic repositories' },
  { program: 'borg', package: 'borgbackup', why: 'backups in borg repositories' },
  { program: 'pg_restore', package: 'postgresql', why: 'backups that are dumps of PostgreSQL' },
  { program: 'pamtester', package: 'pamtester', why: 'log-ins through PAM' },
  { program: 'chronyc', package: 'chrony', why: 'the clock probe, where chrony keeps the time' },
]

/** Which of them are there. Missing ones are reported with what cannot be done without them. */
export async function lookForTools(host: Host): Promise<Finding[]> {
  if (host.platform !== 'linux') return []
  const apt = await isThere(host, 'apt-get')
  const found: Finding[] = []
  for (const { program, why, package: name } of TOOLS) {
    const { good, note } = answersTo(`${program} --version`)
    const subject = `program ${program}`
    const remedy = apt ? `apt-get install ${name}` : `install ${program} (on Debian it is in the package ${name})`
    found.push(
      (await isThere(host, program)) ? good(subject, `found: ${why}`) : note(subject, `missing: ${why}`, remedy),
    )
  }
  return found
}

/** It was started: what it then says of `--version` does not matter. */
async function isThere(host: Host, program: string): Promise<boolean> {
  try {
    await host.run([program, '--version'], { timeoutMs: 5_000 })
    return true
  } catch {
    return false
  }
}
