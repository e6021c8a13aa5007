import type { DiskError, Fault } from './schedule.ts'

/** What changes a disk, or makes a change last: between two of these nothing that matters to a crash happens. */
export const DURABLE = [
  'fsync',
  'fdatasync',
  'rename',
  'renameat2',
  'link',
  'linkat',
  'unlink',
  'unlinkat',
  'rmdir',
  'mkdir',
  'pwrite64',
  'ftruncate',
  'symlink',
  'fchmod',
  'fchmodat',
  'chmod',
  'fchown',
  'lchown',
  'fchownat',
  'setxattr',
  'fsetxattr',
  'lsetxattr',
  'utimensat',
  'copy_file_range',
  'fallocate',
]
/** What a program may be struck at besides: it writes, looks, ends others, takes a share off. */
const OTHER = ['write', 'openat', 'statx', 'kill', 'umount2']

/** All system calls that are counted and struck. */
export const CALLS: readonly string[] = [...DURABLE, ...OTHER]

/** Calls that a disk would let fail so. Not `write`: it cannot be distinguished from writing to a pipe, which no disk ever fails. */
const FAILS: Readonly<Record<DiskError, readonly string[]>> = {
  ENOSPC: DURABLE.filter((call) => !/^(?:unlink|rmdir|f?chmod|f?l?chown|utimens)/.test(call)),
  EIO: [...DURABLE, 'openat', 'statx'],
  EROFS: DURABLE.filter((call) => !/sync$|^pwrite64$|^ftruncate$|^copy_file_range$/.test(call)),
}

/** Longer than any schedule takes. */
const HANGS_US = 600_000_000

/** How often the busiest thread of a program makes each call. */
export type Counts = ReadonlyMap<string, number>

/**
 * Counts the calls in a trace by thread: `when=` of strace counts by thread, too. strace pads a process number to five
 * places, so a small one has more than one space behind it.
 */
export function countsOf(trace: string): Counts {
  const byThread = new Map<string, number>()
  for (const [, thread, call] of trace.matchAll(/^(\d+) +(\w+)\(/gm)) {
    byThread.set(`${call} ${thread}`, (byThread.get(`${call} ${thread}`) ?? 0) + 1)
  }
  const counts = new Map<string, number>()
  for (const [key, count] of byThread) {
    const call = key.split(' ')[0] ?? ''
    counts.set(call, Math.max(counts.get(call) ?? 0, count))
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The calls of these counts at which the program can be struck so: durable ones twice as likely, by being named twice. */
export function strikable(counts: Counts, error: DiskError | null): readonly string[] {
  const allowed = error === null ? CALLS : FAILS[error]
  const found = [...counts.keys()].filter((call) => allowed.includes(call))
  return [...found, ...found.filter((call) => DURABLE.includes(call))]
}

/** The beginning of a command line that runs what follows under strace, every thread and child of it. */
export function traced(file: string, fault: Fault | null): readonly string[] {
  if (fault?.kind === 'kill while held') return []
  // With --seccomp-bpf only the calls asked for are slow; but strace then never sends the signal of `inject=…:signal=`.
  const quick = fault === null || fault.kind === 'error' ? ['--seccomp-bpf'] : []
  const strace = ['strace', '-D', '-f', '-q', ...quick, '-o', file]
  if (fault === null) return [...strace, '-e', `trace=${CALLS.join(',')}`]
  const how = {
    kill: 'signal=KILL',
    stop: 'signal=TERM',
    freeze: 'signal=STOP',
    hang: `delay_enter=${HANGS_US}`,
    error: fault.kind === 'error' ? `error=${fault.error}` : '',
  }
  const when = fault.kind === 'error' && fault.lasting ? `${fault.nth}+` : `${fault.nth}`
  return [...strace, '-e', `trace=${fault.call}`, '-e', `inject=${fault.call}:${how[fault.kind]}:when=${when}`]
}

/** Whether a trace shows that the fault came. Without this a test would pass by striking nothing. */
export function struckIn(trace: string, fault: Fault): boolean {
  if (fault.kind === 'freeze') return trace.includes('stopped by SIGSTOP')
  // A call that hangs is written down when it ends: that it was still there after its time says that it came.
  if (fault.kind === 'hang') return trace.includes('+++ killed by SIGKILL') || trace.includes('(DELAYED)')
  if (fault.kind === 'kill') return trace.includes('+++ killed by SIGKILL')
  return trace.includes('(INJECTED)') || (fault.kind === 'stop' && /--- SIGTERM \{/.test(trace))
}
