import type { Endpoint } from '../endpoint.ts'

/** The endpoints of schedules, one file each, listed here. Their store methods are done (`store.schedules`). */
export const scheduleEndpoints: readonly Endpoint[] = []
