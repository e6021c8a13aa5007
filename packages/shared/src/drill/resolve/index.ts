export * from './kind-of.ts'
export { DEFAULT_EVERY_MS, resolveDrill } from './resolve-drill.ts'
export { stepIdOf } from './resolve-step.ts'
export * from './resolved-drill.ts'
