import type { Hardware } from '@chaos-lite/shared'
import { oneLine } from '../../text/index.ts'
import type { SystemTree } from './system-tree.ts'

const MOST = 64
/** The size of a block device is counted in these, whatever its own sectors are (Documentation/ABI/stable/sysfs-block). */
const SECTOR_BYTES = 512
/** Names that the kernel gives to optical drives and floppy disks, which are there without a disk in them. */
const NO_DISK = /^(?:sr|fd)\d+$/

type Disk = NonNullable<Hardware['disks']>[number]
type Interface = NonNullable<Hardware['interfaces']>[number]

/** The disks that are devices; what the operating system makes of them (RAID, LVM, loop, zram) has none of its own. */
export async function readDisks(tree: SystemTree): Promise<Disk[] | null> {
  const names = await tree.names('sys/block')
  if (names === null) return null
  const disks: Disk[] = []
  for (const name of names) {
    const folder = `sys/block/${name}`
    if (disks.length === MOST) break
    if (NO_DISK.test(name) || (await tree.names(`${folder}/device`)) === null) continue
    const sectors = await tree.count(`${folder}/size`)
    if (sectors === 0) continue
    const rotational = await tree.count(`${folder}/queue/rotational`)
    const removable = await tree.count(`${folder}/removable`)
    disks.push({
      name: oneLine(name, 32),
      model: await tree.line(`${folder}/device/model`, 64),
      bytes: sectors === null ? null : sectors * SECTOR_BYTES,
      kind: rotational === null ? null : rotational === 0 ? 'ssd' : 'hdd',
      removable: removable === null ? null : removable === 1,
    })
  }
  return disks
}

/** The network interfaces but the loopback, devices first. */
export async function readInterfaces(tree: SystemTree): Promise<Interface[] | null> {
  const names = await tree.names('sys/class/net')
  if (names === null) return null
  const all: Interface[] = []
  for (const name of names.filter((one) => one !== 'lo')) {
    const folder = `sys/class/net/${name}`
    const state = await tree.line(`${folder}/operstate`, 16)
    // A folder has files only, such as the one that counts bonds, which are no interfaces.
    if (state === null) continue
    all.push({
      name: withoutAddress(oneLine(name, 32)),
      state: state === 'unknown' ? null : state,
      megabitsPerSecond: await tree.count(`${folder}/speed`),
      physical: (await tree.names(`${folder}/device`)) !== null,
    })
  }
  return all.sort((one, other) => Number(other.physical) - Number(one.physical)).slice(0, MOST)
}

/** systemd names some interfaces after their MAC address (`enx0123456789ab`), which is not sent. */
function withoutAddress(name: string): string {
  return name.replace(/[0-9a-f]{12,}/gi, '…')
}
