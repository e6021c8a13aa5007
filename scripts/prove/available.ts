import { spawnSync } from 'node:child_process'

/** Programs that pretended hosts cannot do without, and the Debian package each comes from. */
const PROGRAMS: Readonly<Record<string, string>> = {
  strace: 'strace',
  python3: 'python3',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setfacl: 'acl',
  nft: 'nftables',
  ip: 'iproute2',
}

/** Why nothing can be proved on this machine, or null where it can. */
export function proofObstacle(): string | null {
  if (process.platform !== 'linux') return 'a proof needs Linux'
  if (process.getuid?.() !== 0) return 'a proof needs root, to make hosts of its own'
  return missingProgram(PROGRAMS)
}

/** The first of these programs that is not here, in words; each with its Debian package. */
export function missingProgram(programs: Readonly<Record<string, string>>): string | null {
  for (const [program, debianPackage] of Object.entries(programs)) {
    const found = spawnSync('which', [program], { stdio: 'ignore' }).status === 0
    if (!found) return `${program} is not installed (Debian package ${debianPackage})`
  }
  return null
}
