/*
 * The keys that `policy allow` takes. They stand here by themselves, so that the help of the command line loads neither
 * the schema nor its library; a test compares them with the schema.
 */

/** Lists of texts. */
export const listKeys = [
  'actions',
  'exercises',
  'services',
  'processes',
  'names',
  'addresses',
  'ports',
  'interfaces',
  'shares',
  'folders',
  'files',
  'accounts',
  'groups',
  'repositories',
  'credentials',
  'probeHosts',
  'probePaths',
] as const

export const durationKeys = ['holdAtMost', 'heldAtMostPerDay', 'restBetween'] as const
export const ceilingKeys = ['cpuAtMost', 'memoryKeepFree', 'diskKeepFree', 'ioAtMost'] as const

/** These are no list of texts: `policy` is the version of the file, and a window of `hours` has several parts. */
export const keysByHand = ['policy', 'hours'] as const

export const allowKeys: readonly string[] = [...listKeys, ...durationKeys, ...ceilingKeys]
