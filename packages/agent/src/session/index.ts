export type { Facts, SessionDeps } from './deps.ts'
export { wipeScratch } from './exercise.ts'
export { type RunningService, type ServiceOptions, startService } from './service.ts'
export { Session } from './session.ts'
