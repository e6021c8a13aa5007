/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  unmounted: '{source} ({kind}) is unmounted from {share}: programs find an empty folder there, without {file}.',
  untouched:
    'The other machine and its files are not touched. The unmount is never forced: while a program has something open there, it is refused.',
  warning:
    "DO NOT SAVE anything in {share} meanwhile: it stays on this host's own disk. It is kept, but hidden below the share afterwards, and the record names it.",
  rollback:
    'Roll back: mounted again with the options that /etc/fstab has at that time. If something else is mounted there by then, it stays.',
} as const
