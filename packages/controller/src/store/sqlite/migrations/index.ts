import type { Migration } from '../migrate.ts'
import { initial } from './0001-initial.ts'
import { stops } from './0002-stops.ts'
import { openSlots } from './0003-open-slots.ts'
import { nextSlots } from './0004-next-slot.ts'
import { storeState } from './0005-store-state.ts'
import { proposedLabels } from './0006-proposed-labels.ts'
import { lists } from './0007-lists.ts'
import { wasStuck } from './0008-was-stuck.ts'
import { heldHosts } from './0009-held-hosts.ts'
import { hostHardware } from './0010-host-hardware.ts'

/** In order. A released migration is never changed; a new one is added at the end. */
export const migrations: readonly Migration[] = [
  ...[initial, stops, openSlots, nextSlots],
  ...[storeState, proposedLabels, lists, wasStuck, heldHosts, hostHardware],
]
