import type { PolicyCeiling } from '../../policy/index.ts'
import { shareField } from '../load/ceilings.ts'

/** What the owner wants to stay free of a file system. */
export const diskCeiling: PolicyCeiling = {
  key: 'diskKeepFree',
  field: shareField(10, 'The share of a file system, in per cent, that must stay free when it is filled'),
  asks: (value) => `leaving only ${value} % of a file system free`,
  least: true,
  warnBeyond: 5,
}
