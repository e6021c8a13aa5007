export * from './menu.ts'
