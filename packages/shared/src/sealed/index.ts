export { Agreement } from './agreement.ts'
export { Seal, SealState } from './seal.ts'
