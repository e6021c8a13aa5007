export * from './chain.ts'
export * from './run-shares.ts'
