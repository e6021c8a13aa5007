import type { Hardware } from '@chaos-lite/shared'
import { readDisks, readInterfaces } from './devices.ts'
import { readMachine } from './machine.ts'
import { readMemory } from './memory.ts'
import { readProcessor } from './processor.ts'
import { systemTree } from './system-tree.ts'

/**
 * What this machine is made of, without starting a program: docs/decisions/0026-hardware-without-a-shell.md. What is not
 * there, as on systems without these files, is null. Never throws.
 */
export async function readHardware(tree = systemTree()): Promise<Hardware> {
  return {
    ...(await readMachine(tree)),
    processor: await readProcessor(tree),
    memory: await readMemory(),
    disks: await readDisks(tree),
    interfaces: await readInterfaces(tree),
  }
}
