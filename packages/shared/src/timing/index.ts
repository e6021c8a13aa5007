export * from './measured.ts'
