import { isIP } from 'node:net'
import { isAbsolute, normalize } from 'node:path'
import { rangeOf } from '@chaos-lite/shared/address'
import { fitsGlob, type PolicyQuestion } from '../policy/index.ts'
import { isInRanges, plainName } from './match.ts'
import { isAtOrBelow, realPlace } from './place.ts'
import { entriesIn, type PolicyFile } from './schema.ts'
import { broughtFor } from './terms.ts'

/** Where an answer may stand: one entry of one list. */
export interface Coverage {
  /** The entry that covers the question, or null. */
  readonly by: { readonly key: string; readonly index: number } | null
  /** What to add, and where, when nothing covers it; null where no line could. */
  readonly add: { readonly key: string; readonly entry: string } | null
  /** What is asked for, as a person would call it. */
  readonly thing: string
}

/** Which line of the policy covers one question. A probe only looks, so other lists count for it as well. */
export function coverageOf(policy: PolicyFile, question: PolicyQuestion, probe: boolean): Coverage {
  const { kind, value } = question
  const thing = `the ${kind} ${value}`
  const plan = listsFor(question, probe, policy)
  const [first] = plan.keys
  // A `*` in a question could be pasted into the file and then allow everything.
  if (plan.fits === null || first === undefined || value.includes('*')) return { by: null, add: null, thing }
  for (const key of plan.keys) {
    const index = entriesIn(policy, key).findIndex((entry) => plan.fits?.(entry, key))
    if (index !== -1) return { by: { key, index }, add: null, thing }
  }
  return { by: null, add: { key: first, entry: plan.entry }, thing }
}

interface Lists {
  /** The first is the one that a suggestion names. */
  readonly keys: readonly string[]
  readonly entry: string
  /** Null when the question itself is malformed. */
  readonly fits: ((entry: string, key: string) => boolean) | null
}

function listsFor({ kind, value }: PolicyQuestion, probe: boolean, policy: PolicyFile): Lists {
  const exact = (key: string): Lists => ({ keys: [key], entry: value, fits: (entry) => entry === value })
  switch (kind) {
    case 'name':
    case 'address':
      return machine(probe ? 'probeHosts' : kind === 'name' ? 'names' : 'addresses', value)
    case 'lookup':
      return { ...machine('probeHosts', value), keys: ['probeHosts', 'names'] }
    case 'url': {
      const host = URL.parse(value)?.hostname.replace(/^\[|\]$/g, '') ?? ''
      return host === '' ? { keys: [], entry: value, fits: null } : machine('probeHosts', host)
    }
    case 'folder':
      return place(policy, probe ? ['probePaths', 'folders'] : ['folders'], value)
    case 'file':
      return place(policy, probe ? ['probePaths', 'files', 'folders'] : ['files', 'folders'], value)
    case 'disk':
      return disk(policy, value)
    case 'account':
      return exact('accounts')
    case 'group':
      return exact('groups')
    case 'repository':
      return exact('repositories')
    case 'credential':
      return exact('credentials')
    default:
      return brought(kind, value)
  }
}

function machine(key: string, value: string): Lists {
  const fits =
    isIP(value) === 0 && rangeOf(value) === null
      ? (entry: string) => !entry.includes('/') && fitsGlob(plainName(entry), plainName(value))
      : (entry: string) => isInRanges([entry], value)
  return { keys: [key], entry: value, fits }
}

/** A question of a kind that an action brought; what nobody brought no line can name. */
function brought(kind: string, value: string): Lists {
  const list = broughtFor(kind)
  if (list === undefined) return { keys: [], entry: value, fits: null }
  return { keys: [list.key], entry: value, fits: (entry) => list.fits(entry, value) }
}

/**
 * The file system of a place that probes may look at. A folder above such a place may be asked about as well: that it is
 * there is known, and how full its file system is says nothing of what lies in it.
 */
function disk(policy: PolicyFile, value: string): Lists {
  const lists = place(policy, ['probePaths', 'folders', 'files'], value)
  return {
    ...lists,
    fits: (entry, key) => lists.fits?.(entry, key) === true || isAtOrBelow(normalize(entry), normalize(value)),
  }
}

/** Both what was written and where it really leads must lie in a place that was named. */
function place(policy: PolicyFile, keys: readonly string[], value: string): Lists {
  // Where nothing is named nothing can cover it. What lies at the path is not even looked at: the answer must not reveal it.
  if (isAbsolute(value) && keys.every((key) => entriesIn(policy, key).length === 0)) {
    return { keys, entry: value, fits: () => false }
  }
  const real = realPlace(value)
  if (real === null) return { keys: [], entry: value, fits: null }
  return {
    keys,
    entry: value,
    fits: (entry, key) => {
      const named = realPlace(entry)
      if (named === null) return false
      return key === 'files' ? real === named : isAtOrBelow(real, named)
    },
  }
}
