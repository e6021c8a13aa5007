export type { Failsafe } from './failsafe.ts'
export { systemdFailsafe } from './systemd.ts'
export { watchdogFailsafe } from './watchdog.ts'
