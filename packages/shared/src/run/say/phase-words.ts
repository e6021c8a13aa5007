import type { Phase } from '../event.ts'

/** How a phase is called, and what is done in it: on every screen, on the command line and in the record. */
export const PHASE_WORDS: Readonly<Record<Phase, { readonly label: string; readonly doing: string }>> = {
  planned: { label: 'Planned', doing: 'Planned' },
  approved: { label: 'Approved', doing: 'Approved' },
  preflight: { label: 'Preflight', doing: 'Asking the hosts whether they are ready' },
  baseline: { label: 'Baseline', doing: 'Running the health checks' },
  injecting: { label: 'Starting', doing: 'Starting the failure' },
  holding: { label: 'In place', doing: 'The failure is in place' },
  reverting: { label: 'Rolling back', doing: 'Rolling back' },
  verifying: { label: 'Verifying', doing: 'Running the health checks again' },
  ended: { label: 'Ended', doing: 'Ended' },
}
