export { networkOf } from './network-of.ts'
export { type Asker, type WhoAsks, whoAsks } from './who-asks.ts'
