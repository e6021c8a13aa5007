export * from './format.ts'
export * from './measured.ts'
