import { cpus } from 'node:os'
import type { Hardware } from '@chaos-lite/shared'
import { oneLine } from '../../text/index.ts'
import { asCount, type SystemTree } from './system-tree.ts'

/**
 * The processors. Of `/proc/cpuinfo` the first record is enough: `siblings` and `cpu cores` count the threads and the cores
 * of one socket (https://docs.kernel.org/arch/x86/topology.html). ARM has no such lines: sockets and cores are not known.
 */
export async function readProcessor(tree: SystemTree, found = cpus()): Promise<Hardware['processor']> {
  const record = (await tree.text('proc/cpuinfo')) ?? ''
  const threads = found.length === 0 ? null : found.length
  const siblings = asCount(fieldOf(record, 'siblings'))
  const coresOfSocket = asCount(fieldOf(record, 'cpu cores'))
  const sockets = threads !== null && siblings && threads % siblings === 0 ? threads / siblings : null
  return {
    model: nameOf(found[0]?.model ?? ''),
    sockets,
    cores: sockets !== null && coresOfSocket ? sockets * coresOfSocket : null,
    threads,
  }
}

/** One field of the first record of `/proc/cpuinfo`. */
export function fieldOf(record: string, name: string): string | null {
  return new RegExp(`^${name}[ \\t]*:[ \\t]*(.*)$`, 'm').exec(record)?.[1] ?? null
}

/** Node.js says `unknown` where the kernel names no model. */
function nameOf(model: string): string | null {
  const name = oneLine(model, 128)
  return name === '' || name === 'unknown' ? null : name
}
