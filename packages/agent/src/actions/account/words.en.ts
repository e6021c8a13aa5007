/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  locked: 'Nobody can log in as {account}, neither with the password nor with a key. Open sessions continue.',
  changed:
    '{fields, plural, one {One field of one line of {path} is changed: the account expires; its password is already locked.} other {Two fields of one line of {path} are changed: the password is locked and the account expires.}} The file is replaced by an atomic rename, under the lock that usermod and chage use.',
  rollback:
    'Roll back: the original file takes its place again. If somebody else changed it, for example a password, their change is kept and only these fields are restored.',
} as const
