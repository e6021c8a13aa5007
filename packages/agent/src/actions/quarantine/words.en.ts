/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  renamed:
    '{folder} is renamed to a marked name beside it, with all its content: programs that open it by name do not find it.',
  untouched: 'Nothing in it is read, copied or changed. Programs that have files of it open continue to use them.',
  warning:
    'DO NOT WORK in {folder} until this drill has ended: what people save there does NOT become part of the original folder. A copy that the drill restores there is for reading only.',
  rollback:
    'Roll back: the original gets its name back. Then a restored copy is compared with what was restored. It is deleted only if nothing in it was changed and no program uses it. Otherwise the whole copy stays as {folder}.kept-<record>, and the record names it.',
  others: 'Anything else that somebody put at {folder} also stays as {folder}.kept-<record>.',
} as const
