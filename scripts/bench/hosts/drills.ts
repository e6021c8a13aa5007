import { fileURLToPath } from 'node:url'

/** The drills of the benches. */
export const DRILLS = fileURLToPath(new URL('../drills', import.meta.url))
