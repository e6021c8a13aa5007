import { describe } from 'vitest'
import { labAvailable } from '../../../scripts/lab/index.ts'

const available = labAvailable()

/** As `describe`, for tests on real hosts. Where none can be made, the suite is left out and its name says why. */
export function describeLab(name: string, body: () => void): void {
  if (available.ok) describe(name, body)
  else describe.skip(`${name} (left out: ${available.reason})`, body)
}
