import { readFileSync } from 'node:fs'

const TABLE = '/proc/self/mountinfo'
const LOOK_EVERY_MS = 1_000
/** So long may one turn of the event loop work on files before others have theirs. */
const TURN_MS = 20

/**
 * File systems that answer from memory or from a disk of this machine. Any other may wait for another machine, or for a
 * program; so does a disk over the network, which cannot be known from here. Where this host serves NFS, a change of a file
 * may wait for a client: `nfsd` is none of them.
 */
const quick =
  /^(?:bdev|binfmt_misc|bpf|bcachefs|btrfs|cgroup2?|configfs|cpuset|debugfs|devpts|devtmpfs|efivarfs|erofs|exfat|ext[234]|f2fs|fusectl|hugetlbfs|iso9660|jfs|mqueue|nsfs|ntfs3|overlay|proc|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs|udf|vfat|xfs|zfs)$/

/** An operation that took so long points to a disk that is at its limit: then the next ones do not stop everything. */
const SLOW_MS = 250
const CAREFUL_MS = 10_000

let lookedMs = Number.NEGATIVE_INFINITY
let carefulUntilMs = Number.NEGATIVE_INFINITY
let onlyQuick = false
let turnBeganMs: number | null = null

/**
 * Must a file operation go through a thread? Where something is mounted anywhere on this host that may not answer, for a
 * path can lead there over any link; while a disk is slow; and once this turn of the event loop took long enough. It would
 * otherwise stop everything that this process does, also rolling back what is due.
 */
export function mayTakeLong(): boolean {
  const nowMs = performance.now()
  return mayHang(nowMs) || nowMs < carefulUntilMs || isLongTurn(nowMs)
}

/** Is anything mounted on this host that may never answer? */
export function mayHang(nowMs = performance.now()): boolean {
  if (nowMs - lookedMs >= LOOK_EVERY_MS) {
    onlyQuick = hasOnlyQuick()
    lookedMs = nowMs
  }
  return !onlyQuick
}

/** Does `work`, and takes notice when it was slow. */
export function noticing<T>(work: () => T): T {
  const beganMs = performance.now()
  try {
    return work()
  } finally {
    const endedMs = performance.now()
    if (endedMs - beganMs > SLOW_MS) carefulUntilMs = endedMs + CAREFUL_MS
  }
}

/** The type of each file system stands behind the lone `-` (`man 5 proc_pid_mountinfo`). */
export function isOnlyQuick(table: string): boolean {
  const rows = table.split('\n').filter((row) => row !== '')
  return rows.length > 0 && rows.every((row) => isQuick(row))
}

function isQuick(row: string): boolean {
  const [, kind = ''] = / - (\S+) /.exec(row) ?? []
  // Every systemd has this one, and mounts only binfmt_misc there.
  const isOfSystemd = kind === 'autofs' && row.split(' ')[4] === '/proc/sys/fs/binfmt_misc'
  return isOfSystemd || quick.test(kind)
}

/** Where there is no such table, or it cannot be read, nothing is known. */
function hasOnlyQuick(): boolean {
  try {
    return isOnlyQuick(readFileSync(TABLE, 'utf8'))
  } catch {
    return false
  }
}

function isLongTurn(nowMs: number): boolean {
  if (turnBeganMs !== null) return nowMs - turnBeganMs > TURN_MS
  turnBeganMs = nowMs
  setImmediate(() => {
    turnBeganMs = null
  })
  return false
}
