/** A file system in the tree of folders, as the kernel lists it (`man 5 proc_pid_mountinfo`). */
export interface Mount {
  readonly point: string
  /** What is mounted, such as `files.example.test:/export` or `/dev/sda1`. */
  readonly source: string
  /** The kind of file system, such as `nfs4`, `cifs` or `ext4`. */
  readonly kind: string
  /** Options of this mount point, such as `rw,nosuid`. */
  readonly options: string
  /** Options of the file system itself. */
  readonly superOptions: string
  /** The folder of the file system that shows here; `/` unless only a part of it was mounted. */
  readonly root: string
  /** The kernel's number of the file system, such as `8:1`: the same for every place where it shows. */
  readonly device?: string
}

/** A line of the table of file systems that are to be mounted (`fstab(5)`). */
export interface MountOrder {
  readonly source: string
  readonly point: string
  readonly kind: string
  readonly options: string
}

/** A process that has something open below a point. */
export interface MountUser {
  readonly pid: number
  readonly name: string
}

/** What is mounted where, what should be, and how that is changed. */
export interface Mounts {
  /** Every mount, in the order of the kernel: of two at one point the later one is seen. */
  list(): Promise<readonly Mount[]>
  orders(): Promise<readonly MountOrder[]>
  /** Who would be in the way of taking it off. Reads nothing of the file system itself: its server may be silent. */
  users(point: string): Promise<readonly MountUser[]>
  /** Never by force, never later: throws `tool-failed` while it is in use. */
  unmount(point: string): Promise<void>
  /** Mounts exactly this, whatever the table says now. */
  mount(order: MountOrder): Promise<void>
}

/**
 * Options of a line of fstab without those that speak to systemd or to `mount -a` alone, which a helper may not know: systemd
 * leaves the same out when it mounts (`src/core/mount.c`), some already of the unit made from the line (`fstab-generator`).
 */
export function mountOptions({ options }: Pick<MountOrder, 'options'>): string {
  const forOthers = /^(?:nofail|auto|noauto|x-systemd\..*|comment=systemd\..*)$/
  const left = options.split(',').filter((option) => !forOthers.test(option))
  return left.join(',') || 'defaults'
}

const overNetwork =
  /^(?:nfs|nfs4|cifs|smb|smb2|smb3|smbfs|ncpfs|afs|9p|ceph|lustre|gfs2|ocfs2|glusterfs|fuse\.(?:sshfs|glusterfs|ceph|s3fs|rclone|davfs|curlftpfs|juicefs|gcsfuse)|davfs)$/

/** Does this file system live on another machine? */
export function isOverNetwork({ kind }: Pick<Mount, 'kind'>): boolean {
  return overNetwork.test(kind)
}

/** The mount that holds a path: the deepest one, and of several at one point the last. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | null {
  const holding = mounts.filter(({ point }) => path === point || path.startsWith(point === '/' ? '/' : `${point}/`))
  return holding.reduce<Mount | null>((best, each) => {
    return best === null || each.point.length >= best.point.length ? each : best
  }, null)
}
