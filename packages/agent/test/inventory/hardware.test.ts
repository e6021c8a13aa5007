import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { Hardware } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { readDisks, readInterfaces } from '../../src/inventory/hardware/devices.ts'
import { readMachine } from '../../src/inventory/hardware/machine.ts'
import { readMemory } from '../../src/inventory/hardware/memory.ts'
import { readProcessor } from '../../src/inventory/hardware/processor.ts'
import { readHardware } from '../../src/inventory/hardware/read.ts'
import { systemTree } from '../../src/inventory/hardware/system-tree.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'

/** A machine of these files; a null is a folder. */
async function machineOf(files: Readonly<Record<string, string | null>>) {
  const folder = await temporaryFolder()
  for (const [path, text] of Object.entries(files)) {
    const at = join(folder, path)
    await mkdir(text === null ? at : dirname(at), { recursive: true })
    if (text !== null) await writeFile(at, text)
  }
  return systemTree(folder)
}

const flags = (...names: string[]) => `processor\t: 0\nflags\t\t: fpu ${names.join(' ')} sse\n`
const dmi = (vendor: string, product: string) => ({
  'sys/class/dmi/id/sys_vendor': `${vendor}\n`,
  'sys/class/dmi/id/product_name': `${product}\n`,
})
const cpu = (model: string) => ({ ...cpus()[0], model }) as ReturnType<typeof cpus>[number]

describe('the machine', () => {
  test('is called what its firmware says, without serial numbers and ids', async () => {
    const tree = await machineOf({
      ...dmi('Dell Inc.', 'PowerEdge R640'),
      'sys/class/dmi/id/product_serial': 'SECRET-SERIAL\n',
      'sys/class/dmi/id/product_uuid': 'SECRET-UUID\n',
      'proc/cpuinfo': flags(),
    })
    const hardware = await readHardware(tree)
    expect(hardware).toMatchObject({ manufacturer: 'Dell Inc.', model: 'PowerEdge R640', virtualisation: 'none' })
    expect(JSON.stringify(hardware)).not.toContain('SECRET')
  })

  test.each(['To Be Filled By O.E.M.', 'System Product Name', 'Default string', ''])(
    'is called by its board where the firmware says %j',
    async (placeholder) => {
      const tree = await machineOf({
        ...dmi(placeholder, placeholder),
        'sys/class/dmi/id/board_vendor': 'ASRock\n',
        'sys/class/dmi/id/board_name': 'X570M\n',
      })
      expect(await readMachine(tree)).toMatchObject({ manufacturer: 'ASRock', model: 'X570M' })
    },
  )

  test('has its name from the device tree where there is no such firmware', async () => {
    const tree = await machineOf({ 'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0' })
    const unknown = { manufacturer: null, virtualisation: null }
    expect(await readMachine(tree)).toEqual({ ...unknown, model: 'Raspberry Pi 4 Model B Rev 1.4' })
  })

  test.each([
    ['QEMU', 'Standard PC (Q35 + ICH9, 2009)', 'qemu'],
    ['Red Hat', 'KVM', 'kvm'],
    ['VMware, Inc.', 'VMware Virtual Platform', 'vmware'],
    ['Microsoft Corporation', 'Virtual Machine', 'microsoft'],
    ['innotek GmbH', 'VirtualBox', 'oracle'],
    ['Amazon EC2', 't3.small', 'amazon'],
    ['Nobody Has Heard', 'Of It', 'virtual machine'],
  ])('of %s (%s) is virtual: %s', async (vendor, product, expected) => {
    const tree = await machineOf({ ...dmi(vendor, product), 'proc/cpuinfo': flags('hypervisor') })
    expect((await readMachine(tree)).virtualisation).toBe(expected)
  })

  test.each([
    ['Microsoft Corporation', 'Surface Laptop'],
    ['Amazon EC2', 'i3.metal'],
  ])('of %s (%s) is physical', async (vendor, product) => {
    const tree = await machineOf({ ...dmi(vendor, product), 'proc/cpuinfo': flags() })
    expect((await readMachine(tree)).virtualisation).toBe('none')
  })

  test.each([
    [{ 'run/systemd/container': 'lxc\n' }, 'lxc'],
    [{ '.dockerenv': '' }, 'docker'],
    [{ 'run/.containerenv': '' }, 'podman'],
  ])('says the innermost of what it runs in (%j)', async (files, expected) => {
    const tree = await machineOf({ ...dmi('QEMU', 'x'), 'proc/cpuinfo': flags('hypervisor'), ...files })
    expect((await readMachine(tree)).virtualisation).toBe(expected)
  })
})

describe('the processors', () => {
  test('are counted by sockets, cores and threads', async () => {
    const tree = await machineOf({ 'proc/cpuinfo': 'processor\t: 0\nsiblings\t: 16\ncore id\t\t: 0\ncpu cores\t: 8\n' })
    const found = Array.from({ length: 32 }, () => cpu('AMD EPYC 7232P'))
    expect(await readProcessor(tree, found)).toEqual({ model: 'AMD EPYC 7232P', sockets: 2, cores: 16, threads: 32 })
  })

  test('have no number of sockets where the counts do not fit, or where there are none', async () => {
    const odd = await machineOf({ 'proc/cpuinfo': 'siblings\t: 4\ncpu cores\t: 2\n' })
    const unknown = { sockets: null, cores: null }
    expect(await readProcessor(odd, [cpu('x'), cpu('x'), cpu('x')])).toEqual({ model: 'x', ...unknown, threads: 3 })
    expect(await readProcessor(await machineOf({}), [cpu('unknown')])).toEqual({ model: null, ...unknown, threads: 1 })
    expect(await readProcessor(await machineOf({}), [])).toEqual({ model: null, ...unknown, threads: null })
  })
})

describe('disks and network interfaces', () => {
  test('are those that are devices, with their size in bytes', async () => {
    const tree = await machineOf({
      'sys/block/sda/device/model': 'Samsung SSD 870 \n',
      'sys/block/sda/device/serial': 'SECRET\n',
      'sys/block/sda/size': '976773168\n',
      'sys/block/sda/queue/rotational': '0\n',
      'sys/block/sda/removable': '0\n',
      'sys/block/sdb/device': null,
      'sys/block/sdc/device': null,
      'sys/block/sdc/size': '0\n',
      'sys/block/sr0/device': null,
      'sys/block/sr0/size': '2048\n',
      'sys/block/dm-0/size': '2048\n',
      'sys/block/loop0/size': '2048\n',
    })
    expect(await readDisks(tree)).toEqual([
      { name: 'sda', model: 'Samsung SSD 870', bytes: 976_773_168 * 512, kind: 'ssd', removable: false },
      { name: 'sdb', model: null, bytes: null, kind: null, removable: null },
    ])
  })

  test('carry no MAC address, not even in the name of an interface', async () => {
    const tree = await machineOf({
      'sys/class/net/lo/operstate': 'unknown\n',
      'sys/class/net/bonding_masters': 'bond0\n',
      'sys/class/net/br0/operstate': 'up\n',
      'sys/class/net/br0/speed': '-1\n',
      'sys/class/net/enx0123456789ab/operstate': 'up\n',
      'sys/class/net/enx0123456789ab/address': '01:23:45:67:89:ab\n',
      'sys/class/net/enx0123456789ab/speed': '1000\n',
      'sys/class/net/enx0123456789ab/device': null,
      'sys/class/net/tun0/operstate': 'unknown\n',
    })
    expect(await readInterfaces(tree)).toEqual([
      { name: 'enx…', state: 'up', megabitsPerSecond: 1000, physical: true },
      { name: 'br0', state: 'up', megabitsPerSecond: null, physical: false },
      { name: 'tun0', state: null, megabitsPerSecond: null, physical: false },
    ])
  })

  test('are bounded in number and length, and printable', async () => {
    const files: Record<string, string | null> = {}
    for (let n = 0; n < 700; n += 1) {
      files[`sys/block/sd${n}/device/model`] = `\u001b[31m${'m'.repeat(300)}`
      files[`sys/class/net/veth${n}\u202e${'n'.repeat(100)}/operstate`] = 'x'.repeat(400)
    }
    const hardware = await readHardware(await machineOf(files))
    expect(Hardware.safeParse(hardware).error).toBeUndefined()
    expect([hardware.disks?.length, hardware.interfaces?.length]).toEqual([64, 64])
  })
})

test('the memory is that of this machine, and the swap a number where it can be known', async () => {
  const { totalBytes, swapBytes } = await readMemory()
  expect(totalBytes).toBe(totalmem())
  if (process.platform === 'linux') expect(swapBytes).toBeGreaterThanOrEqual(0)
  else expect(swapBytes).toBeNull()
})

test('nothing is known of a machine without these files, and nothing is zero', async () => {
  const { memory: _memory, processor, ...rest } = await readHardware(systemTree('/nowhere'))
  expect(rest).toEqual({ manufacturer: null, model: null, virtualisation: null, disks: null, interfaces: null })
  expect(processor).toMatchObject({ sockets: null, cores: null })
})
