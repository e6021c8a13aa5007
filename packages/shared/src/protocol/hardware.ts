import * as z from 'zod'
import { line } from '../primitives.ts'

const Count = z.int().min(0)

/**
 * What a host is made of, as its agent found it out; the latest one wins. `null` is what could not be found out. There is
 * no serial number, no UUID and no MAC address in it: hosts have random ids.
 */
export const Hardware = z.strictObject({
  manufacturer: line(64).nullable().describe('Who made the machine, or the machine that is simulated'),
  model: line(64).nullable().describe('What its maker calls it'),
  virtualisation: line(32)
    .nullable()
    .describe('`none` for a physical machine; otherwise what it runs in, such as `kvm`, `vmware` or `docker`'),
  processor: z.strictObject({
    model: line(128).nullable(),
    sockets: Count.nullable(),
    cores: Count.nullable().describe('Of all sockets'),
    threads: Count.nullable().describe('What the operating system counts as processors'),
  }),
  memory: z.strictObject({ totalBytes: Count.nullable(), swapBytes: Count.nullable() }),
  disks: z
    .array(
      z.strictObject({
        name: line(32),
        model: line(64).nullable(),
        bytes: Count.nullable(),
        kind: z.enum(['ssd', 'hdd']).nullable(),
        removable: z.boolean().nullable(),
      }),
    )
    .max(64)
    .nullable(),
  interfaces: z
    .array(
      z.strictObject({
        name: line(32),
        state: line(16).nullable().describe('As the kernel reports it: `up`, `down`, `dormant` and others'),
        megabitsPerSecond: Count.nullable(),
        physical: z.boolean().describe('A device, not one that the operating system made'),
      }),
    )
    .max(64)
    .nullable(),
})
export type Hardware = z.infer<typeof Hardware>
