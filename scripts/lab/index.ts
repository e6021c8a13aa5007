/** The lab: real hosts with systemd as process 1, for tests. Linux with root only; see `labAvailable`. */
export { labAvailable } from './available.ts'
export type { DiskKind } from './disk.ts'
export { LabHost } from './host.ts'
export { Lab, type LabOptions } from './lab.ts'
export { diffManifests, type IgnoreRule, type Manifest, type ManifestOptions } from './manifest.ts'
export { LabError, type RunOptions, type RunResult, run } from './run.ts'
export { sweep } from './sweep.ts'
export { until } from './wait.ts'
