/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  fills:
    'A file of our own in {folder} takes space on its file system ({kind}), until {leavePercent} % of it is free. No other file is touched.',
  size: 'At present that leaves {leaveMiB} MiB of {totalMiB} MiB free.',
  most: 'The file never becomes larger than {mostMiB} MiB.',
  bound: 'The file never becomes larger than {mostMiB} MiB; if more is needed, the failure is not started.',
  floor: 'Programs that continue to write get space back: with less than {floorMiB} MiB free, the file shrinks again.',
  rollback:
    'Roll back: the file is removed, and the folder gets its modification time back where nobody else changed it. A file that somebody wrote into is kept, without the space that we had taken.',
  beyond:
    'a file of {wouldMiB} MiB would be needed now, and the limit is {mostMiB} MiB. Set "atMostMiB" to allow a larger file, or to stop at a smaller one',
} as const
