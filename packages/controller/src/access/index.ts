export { type Access, mayUse } from './access.ts'
