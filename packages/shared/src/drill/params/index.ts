export { type CheckedValue, checkParamValue } from './check-value.ts'
export * from './fill-params.ts'
export { Hostname, paramRules } from './param-types.ts'
