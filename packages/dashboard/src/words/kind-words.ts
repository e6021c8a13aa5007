import type { DrillView } from '@chaos-lite/shared/api'

/** What the kinds of drills are called on the screen, and what they do. */
export const KIND_WORDS: Readonly<Record<DrillView['kind'], { label: string; meaning: string }>> = {
  drill: { label: 'Drill', meaning: 'Starts a failure on purpose, and rolls it back.' },
  check: { label: 'Check', meaning: 'Starts no failure: it only looks, or tries a restore in scratch space.' },
  tabletop: { label: 'Tabletop', meaning: 'For people only: nothing is changed on any host.' },
}
