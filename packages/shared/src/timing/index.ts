export * from './far-away.ts'
export * from './format.ts'
export * from './measured.ts'
