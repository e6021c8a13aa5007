import type { Hardware } from '../protocol/index.ts'

/** One line of a host's page. `values` is null where the agent could not find it out, and empty where there is none. */
export interface HardwareFact {
  readonly name: string
  readonly values: readonly string[] | null
}

/** What the screens and the command line call a value that could not be found out. */
export const NOT_KNOWN = 'not known'

/** What a host is made of, in the order in which it is shown; all of it unknown where nothing was reported. */
export function hardwareFacts(hardware: Hardware | null): readonly HardwareFact[] {
  const one = (name: string, value: string | null | undefined): HardwareFact => ({
    name,
    values: value === null || value === undefined ? null : [value],
  })
  return [
    one('Manufacturer', hardware?.manufacturer),
    one('Model', hardware?.model),
    one('Virtualisation', hardware?.virtualisation === 'none' ? 'none (physical machine)' : hardware?.virtualisation),
    one('Processor', hardware && processorText(hardware.processor)),
    one('Memory', hardware && gibibytes(hardware.memory.totalBytes)),
    one('Swap', hardware && (hardware.memory.swapBytes === 0 ? 'none' : gibibytes(hardware.memory.swapBytes))),
    { name: 'Disks', values: hardware?.disks?.map(diskText) ?? null },
    { name: 'Network interfaces', values: hardware?.interfaces?.map(interfaceText) ?? null },
  ]
}

function processorText({ model, sockets, cores, threads }: Hardware['processor']): string | null {
  const parts = [model, counted(sockets, 'socket'), counted(cores, 'core'), counted(threads, 'thread')]
  const known = parts.filter((part) => part !== null)
  return known.length === 0 ? null : known.join(', ')
}

function counted(count: number | null, what: string): string | null {
  return count === null ? null : `${count} ${what}${count === 1 ? '' : 's'}`
}

function diskText({ name, model, bytes, kind, removable }: NonNullable<Hardware['disks']>[number]): string {
  const size = bytes === null ? `size ${NOT_KNOWN}` : gigabytes(bytes)
  const parts = [model, size, kind?.toUpperCase() ?? null, removable ? 'removable' : null]
  return `${name}: ${parts.filter((part) => part !== null).join(', ')}`
}

function interfaceText(one: NonNullable<Hardware['interfaces']>[number]): string {
  const speed = one.megabitsPerSecond === null ? null : `${one.megabitsPerSecond} Mbit/s`
  const parts = [one.state ?? `state ${NOT_KNOWN}`, speed, one.physical ? null : 'virtual']
  return `${one.name}: ${parts.filter((part) => part !== null).join(', ')}`
}

/** Memory is made in powers of two. */
function gibibytes(bytes: number | null): string | null {
  return bytes === null ? null : `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

/** Disks are sold in powers of ten. */
function gigabytes(bytes: number): string {
  return bytes < 1e12 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e12).toFixed(1)} TB`
}
