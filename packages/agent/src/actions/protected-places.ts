import type { Host } from '../host/index.ts'
import { mountOf } from '../host/index.ts'
import { protectedTrees, refusal, refuseProtectedPath, within } from '../protected/index.ts'
import { placeOn, secondNameOf } from './other-names.ts'

/** File systems that are the kernel itself, wherever they are mounted. */
const ofTheKernel =
  /^(?:proc|sysfs|devtmpfs|devpts|cgroup2?|securityfs|efivarfs|debugfs|tracefs|bpf|configfs|pstore|mqueue|hugetlbfs|selinuxfs|binfmt_misc|fusectl|rpc_pipefs)$/
/** Folders whose files are protected one by one: a second name of such a file is that file. */
const foldersOfFiles = ['/etc/sudoers.d', '/etc/pam.d', '/etc/ssh', '/etc/security', '/root/.ssh']
const mostFiles = 500

/**
 * Refuses a file or folder that the host or the agent cannot do without, by what it is: where the protected ones lead
 * (links), where else they show (bind mounts), and other names of their files (hard links). `path` is resolved.
 */
export async function refuseProtectedPlace(host: Host, path: string): Promise<void> {
  refuseProtectedPath(host, path)
  await refuseProtectedTree(host, path)
}

/** The same without the folders that only may not be taken as wholes, such as `/home`. */
export async function refuseProtectedTree(host: Host, path: string): Promise<void> {
  const trees = [...protectedTrees, ...host.own.paths]
  const mounts = await host.mounts.list()
  const kernel = mounts.find(
    (each) => ofTheKernel.test(each.kind) && (within(each.point, path) || mountOf(mounts, path) === each),
  )
  if (kernel !== undefined) {
    throw refusal('the kernel', `${path} shows the file system ${kernel.kind} of the kernel (${kernel.point}).`)
  }
  const place = placeOn(mounts, path)
  for (const tree of trees) {
    const real = (await host.files.exists(tree)) ? await host.files.resolve(tree) : tree
    const met = related(path, real) || (place !== null && related(place, placeOn(mounts, real) ?? ''))
    if (!met) continue
    const how = real === tree ? `is the same place as ${tree} or part of it` : `is where ${tree} leads (${real})`
    throw refusal(`path ${tree}`, `${path} ${how}, or contains it: it is protected on every host.`)
  }
  if (place !== null && place !== path && placeOn(mounts, '/') === place) {
    throw refusal('path /', `${path} is the root of this host once more.`)
  }
  await refuseSecondName(host, path)
}

function related(one: string, other: string): boolean {
  return within(one, other) || within(other, one)
}

async function refuseSecondName({ files }: Host, path: string): Promise<void> {
  if (((await files.stamp(path))?.links ?? 1) < 2) return
  const inFolders = foldersOfFiles.map(async (folder) => {
    const names = await files.list(folder).catch(() => [])
    return names.slice(0, mostFiles).map((name) => `${folder}/${name}`)
  })
  const file = await secondNameOf(files, path, [...protectedTrees, ...(await Promise.all(inFolders)).flat()])
  if (file === null) return
  throw refusal(`path ${file}`, `${path} is another name of ${file} (a hard link): it is protected on every host.`)
}
