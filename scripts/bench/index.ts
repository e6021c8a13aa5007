import type { Bench } from './bench.ts'
import { edit } from './edit/edit.ts'
import { fleet } from './fleet/fleet.ts'
import { held } from './held/held.ts'
import { idle } from './idle/idle.ts'
import { ingest } from './ingest/ingest.ts'
import { latency } from './latency/latency.ts'
import { lists } from './lists/lists.ts'
import { recovery } from './recovery/recovery.ts'
import { truth } from './truth/truth.ts'

export const benches: readonly Bench[] = [edit, latency, ingest, fleet, held, idle, truth, lists, recovery]
