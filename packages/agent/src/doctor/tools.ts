import type { Host } from '../host/host.ts'
import { bad, type Finding, good, note } from './findings.ts'

/** The programs of the operating system that this agent uses, why, and in which Debian package they come. */
const TOOLS: readonly {
  readonly program: string
  readonly package: string
  readonly why: string
  readonly must: boolean
}[] = [
  { program: 'systemctl', package: 'systemd', why: 'services and the safety timer', must: false },
  { program: 'getfacl', package: 'acl', why: 'keeping access lists when permissions are revoked', must: false },
  { program: 'setfacl', package: 'acl', why: 'putting access lists back', must: false },
  { program: 'setpriv', package: 'util-linux', why: 'asking as another account', must: false },
  { program: 'gpasswd', package: 'passwd', why: 'group memberships', must: false },
  { program: 'ip', package: 'iproute2', why: 'switching a network interface off and on', must: false },
  { program: 'fallocate', package: 'util-linux', why: 'filling a disk quickly', must: false },
  { program: 'nft', package: 'nftables', why: 'blocking traffic and name resolution', must: false },
  { program: 'restic', package: 'restic', why: 'backups in restic repositories', must: false },
  { program: 'borg', package: 'borgbackup', why: 'backups in borg repositories', must: false },
  { program: 'pg_restore', package: 'postgresql', why: 'backups that are dumps of PostgreSQL', must: false },
  { program: 'pamtester', package: 'pamtester', why: 'log-ins through PAM', must: false },
  { program: 'chronyc', package: 'chrony', why: 'the clock probe, where chrony keeps the time', must: false },
]

/** Which of them are there. Missing ones are told with what cannot be done without them. */
export async function lookForTools(host: Host): Promise<Finding[]> {
  if (host.platform !== 'linux') return []
  const found: Finding[] = []
  for (const tool of TOOLS) {
    const there = await isThere(host, tool.program)
    const subject = `program ${tool.program}`
    const text = `${there ? 'found' : 'missing'}: ${tool.why}`
    const mend = `apt-get install ${tool.package}`
    found.push(there ? good(subject, text) : (tool.must ? bad : note)(subject, text, mend))
  }
  return found
}

async function isThere(host: Host, program: string): Promise<boolean> {
  try {
    await host.run([program, '--version'], { timeoutMs: 5_000 })
    return true
  } catch {
    return false
  }
}
