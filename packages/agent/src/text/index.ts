export { faultOf, oneLine } from './printable.ts'
