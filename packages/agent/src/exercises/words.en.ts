/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  reads: 'Reads the newest backup of {repository} ({from}). The backup is not changed.',
  place:
    'Restores it beside {folder} and renames it into place, only while this run holds that folder in quarantine. The copy is for reading only: when the folder is rolled back, a copy that nobody changed or uses is deleted, and any other is kept as {folder}.kept-<record>.',
  scratch: 'Restores it into a private scratch folder of the agent and wipes that folder afterwards, in every case.',
  counts: 'Counts what was restored; there is no live folder to compare it with.',
  rows: 'Compares it with {live}, reading only: table by table, row by row.',
  files: 'Compares it with {live}, reading only: the bytes of every file.',
  sample: 'Compares it with {live}, reading only: the bytes of {files} files, and of the others the kind and size.',
  excludes: 'Excluded from the comparison by repositories.yaml: {names}.',
  excludesCaches: 'Excluded from the comparison by repositories.yaml: folders with a CACHEDIR.TAG.',
  noCanary: 'No canary is planted in this backup.',
  canary: 'Looks for the canary {file} by its digest.',
} as const
