import * as z from 'zod'
import { fewestLetters, fitsGlob, lettersOf, type PolicyList } from '../../policy/index.ts'
import { refuseProtectedProgram } from '../../protected/index.ts'

/** `processes` of the policy file. Names of processes may hold spaces and slashes. */
export const processesList: PolicyList = {
  key: 'processes',
  kind: 'process',
  entry: z
    .string()
    .max(64)
    .regex(/^[^\p{Cc}\p{Cf},;]+$/u, 'must be the name of a process, where * stands for any characters'),
  meaning: 'Processes that may be suspended, by name; * stands for any characters',
  example: 'nginx',
  fits: fitsGlob,
  refuseProtected: refuseProtectedProgram,
  wide: {
    what: 'patterns for nearly every process; processes that are protected anyway',
    look: (entry) =>
      lettersOf(entry) < fewestLetters && entry.includes('*') ? 'lets nearly every process be suspended' : null,
    remedy: 'name the processes one by one',
  },
}
