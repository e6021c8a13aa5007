import { readFileSync } from 'node:fs'

/**
 * Who answers for a lab: `pid-start-boot`. A process id alone is reused by the system; with its start time
 * and the boot id of the machine it names one process for ever. Pid 0 means: kept until somebody says `down`.
 */
export type Owner = string

/** This process. */
export function thisProcess(): Owner {
  return ownerOf(process.pid) ?? `${process.pid}-0-${bootTag()}`
}

/** Nobody in particular: the lab outlives the program that started it, but not the machine's restart. */
export function nobody(): Owner {
  return `0-0-${bootTag()}`
}

/** The owner mark of a running process, or undefined if there is none with that id. */
export function ownerOf(pid: number): Owner | undefined {
  const start = startTime(pid)
  return start === undefined ? undefined : `${pid}-${start}-${bootTag()}`
}

/** Whether the owner is still there. */
export function isAlive(owner: Owner): boolean {
  const [pid, start, boot] = owner.split('-')
  if (boot !== bootTag()) return false
  return pid === '0' || startTime(Number(pid)) === start
}

function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function bootTag(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
}
