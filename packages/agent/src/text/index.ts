export { faultOf, oneLine } from './printable.ts'
export { printable } from './said.ts'
