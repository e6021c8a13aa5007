import type { Bench } from './bench.ts'
import { edit } from './edit/edit.ts'

export const benches: readonly Bench[] = [edit]
