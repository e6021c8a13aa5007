export * from './parse-drill.ts'
