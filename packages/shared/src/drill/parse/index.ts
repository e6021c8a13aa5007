export * from './parse-drill.ts'
export { type ReadAs, readYamlAs } from './read-yaml-as.ts'
