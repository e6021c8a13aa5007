import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hierarchies } from './cgroup.ts'

/** Programs of this machine the lab cannot do without, and the Debian package each comes from. */
const PROGRAMS: Record<string, string> = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  python3: 'python3',
  ip: 'iproute2',
  nsenter: 'util-linux',
  'mkfs.ext4': 'e2fsprogs',
}

/** Whether real hosts can be made here, and if not, why, so that a suite can be left out with its reason. */
export function labAvailable(): { ok: true } | { ok: false; reason: string } {
  if (process.platform !== 'linux') return no('the lab needs Linux')
  if (process.getuid?.() !== 0) return no('the lab needs root, to mount disks and to boot hosts')
  for (const [program, debianPackage] of Object.entries(PROGRAMS)) {
    if (!succeeds('which', [program])) return no(`${program} is not installed (Debian package ${debianPackage})`)
  }
  if (hierarchies().length === 0) return no('no cgroups that systemd can use under /sys/fs/cgroup')
  if (!canMountOverlay()) return no('this machine does not let us mount an overlay file system')
  return { ok: true }
}

function no(reason: string): { ok: false; reason: string } {
  return { ok: false, reason }
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function canMountOverlay(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'chaos-lite-lab-'))
  try {
    for (const name of ['lower', 'upper', 'work', 'root']) mkdirSync(join(dir, name))
    const layers = `lowerdir=${dir}/lower,upperdir=${dir}/upper,workdir=${dir}/work`
    if (!succeeds('mount', ['-t', 'overlay', 'overlay', '-o', layers, join(dir, 'root')])) return false
    return succeeds('umount', [join(dir, 'root')])
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
