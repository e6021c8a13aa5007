import { ChaosError } from '@chaos-lite/shared'
import { printable } from '../../host/index.ts'
import type { Generator } from './index.ts'

/** Why a file that a program writes is left alone, and what a person can do about it. */
export function refusalOf(path: string, { name, words, advice }: Generator): ChaosError {
  const who = name === null ? 'another program' : printable(name).slice(0, 80)
  const why = `${path} is written by ${who}: it says "${printable(words).slice(0, 160)}"`
  const what = 'A change would not last, and could not be rolled back with certainty'
  return new ChaosError('cannot-restore', `${why}. ${what}. ${advice}. Nothing was changed.`)
}
