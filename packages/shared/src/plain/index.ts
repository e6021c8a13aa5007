// What needs no schema. The part of the agent that holds the connection imports this and nothing else of `shared`, so
// that an idle host does not pay for zod.
export * from '../errors.ts'
export * from './back-off.ts'
export * from './close-codes.ts'
export * from './version.ts'
