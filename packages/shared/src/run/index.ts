export * from './event.ts'
export * from './fact.ts'
export * from './plan.ts'
