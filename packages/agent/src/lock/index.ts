export type { Holder, Holders } from './holder.ts'
export { kernelLocker, type Lock, type Locker } from './lock.ts'
export { lastBeat } from './pulse.ts'
