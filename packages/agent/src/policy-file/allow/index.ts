export { type Addition, additionOf } from './addition.ts'
export { type Allowed, type AllowOptions, allowInPolicy } from './allow.ts'
