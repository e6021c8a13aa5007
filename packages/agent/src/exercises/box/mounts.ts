import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { ChaosError } from '@chaos-lite/shared'
import { tool } from '../../host/index.ts'
import { oneLine } from '../../text/index.ts'
import type { BoxRules } from './rules.ts'

/** Devices that every program may use; through all others a disk could be written to. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'].map((name) => `/dev/${name}`)
const MOUNT_MS = 20_000
/** Options of a mount that an inner namespace may not drop (mount_namespaces(7)). */
const KEPT = ['noexec', 'noatime', 'nodiratime', 'relatime', 'strictatime']
/** For what tools write beside their work. */
export const TEMPORARY = '/dev/shm'

interface Mounted {
  readonly id: string
  readonly point: string
  readonly options: readonly string[]
}

/**
 * Makes everything read-only but the writable folders, no device usable but the harmless ones, and no set-uid bit count.
 * To be called as the first process of new mount and process namespaces. @throws ChaosError `capability-missing`
 */
export function closeMounts({ writable, hideRun }: BoxRules): void {
  for (const path of writable) mount('--bind', path, path)
  for (const path of DEVICES) if (existsSync(path)) mount('--bind', path, path)
  for (const { point, options } of mounted()) {
    const kept = options.filter((option) => KEPT.includes(option))
    const access = writable.includes(point) ? 'rw' : 'ro'
    const devices = DEVICES.includes(point) ? [] : ['nodev']
    tryMount('-o', ['remount', 'bind', access, 'nosuid', ...devices, ...kept].join(','), point)
  }
  mount('-t', 'tmpfs', '-o', 'size=256m,mode=1777,nosuid,nodev,noexec', 'tmpfs', TEMPORARY)
  if (hideRun && existsSync('/run')) mount('-t', 'tmpfs', '-o', 'ro,size=4k,nosuid,nodev,noexec', 'tmpfs', '/run')
  const open = mounted().filter((one) => isOpen(one, writable))
  if (open.length === 0) return
  const points = open.map(({ point }) => point).slice(0, 3)
  throw missing(`${points.join(', ')} cannot be made read-only for it`)
}

function isOpen({ point, options }: Mounted, writable: readonly string[]): boolean {
  return point !== TEMPORARY && !writable.includes(point) && !options.includes('ro')
}

/** The mounts that a path can lead to (proc_pid_mountinfo(5)), in their order. */
function mounted(): Mounted[] {
  return visibleMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
}

/**
 * Exported for its test. A mount is hidden where another one, which it does not lie on, covers its point or a folder above
 * it: no path leads there, and no option of it can be changed.
 */
export function visibleMounts(mountinfo: string): Mounted[] {
  const all = mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', parent = '', , , point = '', options = ''] = line.split(' ')
      return { id, parent, point: unescaped(point), options: options.split(',') }
    })
  const byId = new Map(all.map((one) => [one.id, one]))
  return all.filter((one) => {
    const below = new Set<string>()
    for (let at = byId.get(one.id); at !== undefined && !below.has(at.id); at = byId.get(at.parent)) below.add(at.id)
    return !all.some((other) => !below.has(other.id) && isAtOrBelow(one.point, other.point))
  })
}

function isAtOrBelow(point: string, folder: string): boolean {
  return point === folder || point.startsWith(folder === '/' ? '/' : `${folder}/`)
}

/** Blanks and the like stand there as three octal digits. */
function unescaped(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

function mount(...args: string[]): void {
  const problem = tryMount(...args)
  if (problem !== null) throw missing(problem)
}

function tryMount(...args: string[]): string | null {
  const program = tool('mount')
  if (program === null) return 'mount is not installed'
  const { status, stderr, error } = spawnSync(program, args, { timeout: MOUNT_MS, encoding: 'utf8' })
  return status === 0 ? null : oneLine(stderr || (error?.message ?? 'mount failed'), 200)
}

function missing(why: string): ChaosError {
  const text = 'This host cannot restore a backup in a box that nothing gets out of'
  return new ChaosError('capability-missing', `${text}: ${why}`)
}
