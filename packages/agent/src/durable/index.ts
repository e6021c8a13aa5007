export { codeOf, filesBelow, makeFolder, overwriteAt, syncFiles, syncFolder, writeNew } from './durable.ts'
