import type { ProcessView } from '../host.ts'

/** What `/proc/PID/stat` alone says. */
export type Stat = Omit<ProcessView, 'program' | 'units' | 'own'>

/** `PF_KTHREAD` of the kernel's `include/linux/sched.h`, in the field of flags. */
const kernelThread = 0x0020_0000

const states: Readonly<Record<string, Stat['state']>> = {
  T: 'suspended',
  t: 'traced',
  Z: 'ended',
  X: 'ended',
  x: 'ended',
}

/** One line of `/proc/PID/stat` (`man 5 proc_pid_stat`). The name may hold spaces and parentheses. */
export function parseStat(pid: number, text: string): Stat {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  const rest = text.slice(close + 2).split(' ')
  return {
    pid,
    name: text.slice(open + 1, close),
    state: states[rest[0] ?? ''] ?? 'runs',
    parent: Number(rest[1]),
    terminal: rest[4] !== '0',
    kernel: (Number(rest[6]) & kernelThread) !== 0,
    startTicks: rest[19] ?? '',
  }
}
