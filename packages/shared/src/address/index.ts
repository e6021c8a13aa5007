export { type Address, addressOf, addressOfBytes, isLoopback } from './address.ts'
export { covers, type Range, rangeOf, simplified, textOf } from './ranges.ts'
