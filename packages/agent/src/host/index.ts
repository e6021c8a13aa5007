export * from './host.ts'
export { linuxHost } from './linux/index.ts'
export { simulatedHost } from './simulated/index.ts'
