export {
  forgetReplacement,
  noteWipe,
  type Replacement,
  readReplacement,
  replacementFolder,
  wipeNoted,
  writeReplacement,
} from './replacement.ts'
export {
  factsOf,
  MOST_ENTRIES,
  type RestoredList,
  readRestoredList,
  withoutDigest,
  writeRestoredList,
} from './restored-list.ts'
