import type { Bench } from './bench.ts'
import { edit } from './edit/edit.ts'
import { fleet } from './fleet/fleet.ts'
import { latency } from './latency/latency.ts'

export const benches: readonly Bench[] = [edit, latency, fleet]
