import * as z from 'zod'
import { namedPath, type PolicyList } from '../../policy/index.ts'

/** `shares` of the policy file: mount points. */
export const sharesList: PolicyList = {
  key: 'shares',
  kind: 'share',
  entry: z
    .string()
    .max(4096)
    .regex(/^(?:\/|[A-Za-z]:\\)[^\p{Cc}]*$/u, 'must be an absolute path'),
  meaning: 'Mount points of network shares that may be disconnected for a while',
  example: '/mnt/plans',
  fits: (entry, value) => entry === value,
  named: { ...namedPath, word: 'mount point' },
}
