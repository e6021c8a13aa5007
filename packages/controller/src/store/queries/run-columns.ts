import type { Selectable } from 'kysely'
import type { Tables } from '../tables.ts'

/** What a row of the list of runs is made of: everything but the plan, which is large and which no list shows. */
export const runColumns = [
  'run_id',
  'client_id',
  'drill',
  'title',
  'mode',
  'phase',
  'outcome',
  'effect',
  'restoration',
  'was_stuck',
  'started_ms',
  'ended_ms',
  'summary',
] as const

/** A row of `runs` without its plan, which is large and read on its own. */
export type RunColumns = Pick<Selectable<Tables['runs']>, (typeof runColumns)[number]>
