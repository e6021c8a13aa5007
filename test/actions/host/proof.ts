import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'

const hostRestart: Proved = {
  action: 'host.restart',
  notes: [
    '`host.restart` is struck on real hosts only. Before it there runs, among others, a service that no boot starts: it must run again. Such a host goes down by itself, so nothing else makes it go down.',
  ],
  // A pretended host has no process 1 that could restart it.
  only: 'lab',
  policy: {},
  restarts: true,
  runs: ['by-hand.service'],
  settings: [{ title: 'a service that every boot starts, and one that no boot starts', things: etc, params: {} }],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [hostRestart]
