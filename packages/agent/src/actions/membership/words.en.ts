/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  removed: '{account} is no longer a member of {group}. New sessions do not have the group; open sessions keep it.',
  changed:
    'One line of each of these files is changed, by an atomic rename, under the lock that useradd and gpasswd use: {files}.',
  rollback:
    'Roll back: the original files take their place again. If somebody else changed them, only this membership is restored.',
} as const
