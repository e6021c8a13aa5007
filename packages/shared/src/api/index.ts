export * from './endpoints.ts'
export * from './incidents.ts'
export * from './live.ts'
export * from './resources.ts'
