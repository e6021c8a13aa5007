export * from './files.ts'
export { makeFolders } from './make-folders.ts'
