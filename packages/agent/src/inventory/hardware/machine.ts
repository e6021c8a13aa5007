import type { Hardware } from '@chaos-lite/shared'
import { fieldOf } from './processor.ts'
import type { SystemTree } from './system-tree.ts'

/** What makers leave in the firmware where a name should be. */
const PLACEHOLDER =
  /^(?:to be filled|default string|system (?:manufacturer|product name)|not (?:specified|applicable)|none|n\/a|o\.e\.m\.|unknown|-)/i

/**
 * Virtual machines by what their firmware says, as systemd-detect-virt finds them
 * (https://github.com/systemd/systemd/blob/main/src/basic/virt.c).
 */
const FIRMWARE: readonly (readonly [RegExp, string])[] = [
  [/KVM|OpenStack|KubeVirt/, 'kvm'],
  [/Amazon EC2/, 'amazon'],
  [/Google Compute Engine/, 'google'],
  [/QEMU/, 'qemu'],
  [/VMware|^VMW/, 'vmware'],
  [/innotek GmbH|VirtualBox/, 'oracle'],
  [/Xen/, 'xen'],
  [/Bochs/, 'bochs'],
  [/Parallels/, 'parallels'],
  [/BHYVE/, 'bhyve'],
  [/Microsoft Corporation Virtual Machine|Hyper-V/, 'microsoft'],
  [/Apple Virtualization/, 'apple'],
]

/**
 * Who made the machine and what it is called: from the firmware's tables, of which serial numbers and the UUID are left
 * alone, or from the device tree of boards without such tables.
 */
export async function readMachine(
  tree: SystemTree,
): Promise<Pick<Hardware, 'manufacturer' | 'model' | 'virtualisation'>> {
  const dmi = async (name: string) => named(await tree.line(`sys/class/dmi/id/${name}`, 64))
  const [vendor, product] = [await dmi('sys_vendor'), await dmi('product_name')]
  const manufacturer = vendor ?? (await dmi('board_vendor'))
  const model = product ?? (await dmi('board_name')) ?? named(await tree.line('proc/device-tree/model', 64))
  return { manufacturer, model, virtualisation: await virtualisation(tree, `${vendor ?? ''} ${product ?? ''}`) }
}

/** The innermost: a container says nothing about the machine below it. */
async function virtualisation(tree: SystemTree, firmware: string): Promise<string | null> {
  const container = await containerName(tree)
  if (container !== null) return container
  const known = FIRMWARE.find(([pattern]) => pattern.test(firmware))
  // An EC2 instance without a hypervisor has the same maker, and a processor that says so.
  const flags = fieldOf((await tree.text('proc/cpuinfo')) ?? '', 'flags')?.split(' ')
  if (known !== undefined && !(known[1] === 'amazon' && flags?.includes('hypervisor') === false)) return known[1]
  const hypervisor = await tree.line('sys/hypervisor/type', 32)
  if (hypervisor !== null) return hypervisor
  if (flags === undefined) return null
  return flags.includes('hypervisor') ? 'virtual machine' : 'none'
}

/** https://systemd.io/CONTAINER_INTERFACE/, and the marks of Docker and Podman where no systemd runs. */
async function containerName(tree: SystemTree): Promise<string | null> {
  const named = await tree.line('run/systemd/container', 32)
  if (named !== null) return named
  if ((await tree.text('.dockerenv')) !== null) return 'docker'
  return (await tree.text('run/.containerenv')) === null ? null : 'podman'
}

function named(text: string | null): string | null {
  return text === null || PLACEHOLDER.test(text) ? null : text
}
