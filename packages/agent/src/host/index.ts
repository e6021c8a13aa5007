export * from './abilities.ts'
export type { Administration, Administrator, Taken } from './administrators.ts'
export type { UnitFacts } from './guards.ts'
export * from './host.ts'
export { DisableImage, FileImage, MembershipImage, Metadata } from './image.ts'
export { memoryRoom } from './linux/memory-room.ts'
export { mortal } from './linux/mortal.ts'
export { parseStat, type Stat } from './linux/process-stat.ts'
export { run } from './linux/run.ts'
export { tool } from './linux/tools.ts'
export { cannot, type Order, underWay } from './load-order.ts'
export { isOverNetwork, type Mount, mountOf, mountOptions } from './mounts.ts'
export type { NameServerManager, NameServersNow } from './name-servers.ts'
export { type Interface, InterfaceImage } from './network.ts'
export { type Direction, type FilterStanding, FilterTable } from './packet-filter.ts'
export { fitsShellGlob } from './shell-glob.ts'
export type { Surveyed } from './survey.ts'
export {
  compareAttributes,
  compareMetadata,
  digestOf,
  folderKept,
  imageStanding,
  isAway,
  item,
  judgeFolder,
  maxFileBytes,
  prepareImage,
  printable,
  readCopy,
  type SwapBack,
  type SwappedBack,
  sameFile,
  saveCopy,
  settleFolder,
  swapAllBack,
  swapBack,
  swapIn,
} from './swap/index.ts'
export { touchDate } from './touch-date.ts'
