import { join, relative } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { Files } from '../host.ts'
import { linuxFiles } from '../linux/files/index.ts'

/** The files of a simulated host: real files below a folder that plays `/`. */
export function filesUnder(root: string, real: Files = linuxFiles): Files {
  const at = (path: string) => join(root, path)
  const back = (path: string) => {
    const inside = relative(root, path)
    if (inside.startsWith('..')) throw new ChaosError('cannot-restore', `${path} lies outside the simulated host.`)
    return `/${inside}`
  }
  return {
    metadata: (path) => real.metadata(at(path)),
    stamp: (path) => real.stamp(at(path)),
    read: (path, maxBytes) => real.read(at(path), maxBytes),
    look: (path, work) => real.look(at(path), (thing) => work({ ...thing, place: back(thing.place) })),
    isPlain: (path) => real.isPlain(at(path)),
    asMade: (path) => real.asMade(at(path)),
    resolve: async (path) => back(await real.resolve(at(path))),
    exists: (path) => real.exists(at(path)),
    list: (folder) => real.list(at(folder)),
    replace: (path, bytes, options) =>
      real.replace(at(path), bytes, { ...options, ...(options?.keptPath && { keptPath: at(options.keptPath) }) }),
    keep: (path, keptPath) => real.keep(at(path), at(keptPath)),
    putBack: (keptPath, path) => real.putBack(at(keptPath), at(path)),
    setMetadata: (path, metadata, only) => real.setMetadata(at(path), metadata, only),
    setMtime: (path, mtimeNs) => real.setMtime(at(path), mtimeNs),
    makeFolder: (path) => real.makeFolder(at(path)),
    removeEmptyFolder: (path) => real.removeEmptyFolder(at(path)),
    move: (from, to) => real.move(at(from), at(to)),
    remove: (path) => real.remove(at(path)),
    sweep: (folder, tag) => real.sweep(at(folder), tag),
    changeableParent: (path) => real.changeableParent(at(path)),
    writeBlocker: (folder) => real.writeBlocker(at(folder)),
    mountPointsUnder: async (path) => (await real.mountPointsUnder(at(path))).map(back),
    survey: (folder, options, each) => real.survey(at(folder), options, each),
    treeUsers: (folder, inodes) => real.treeUsers(at(folder), inodes),
    space: (path) => real.space(at(path)),
    holdsData: (path) => real.holdsData(at(path)),
    moveWithoutReserve: (from, to) => real.moveWithoutReserve(at(from), at(to)),
    create: (path) => real.create(at(path)),
    allocate: (path, bytes, signal) => real.allocate(at(path), bytes, signal),
    freeBytes: (path) => real.freeBytes(at(path)),
  }
}
