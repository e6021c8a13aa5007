/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  leads: '{name} leads to {address} for every program of this host.',
  block: '{path} gets a marked block at its beginning.',
  hidden:
    '{lines, plural, one {# existing line of it with these names is commented out, with a mark.} other {# existing lines of it with these names are commented out, with a mark.}}',
  rename:
    'The file is replaced by one atomic rename. Its mode, owner, ACL and attributes stay. Resolver caches are emptied.',
  rollback:
    'Roll back: the original file itself takes its place again. If somebody else changed the file, only the marked lines are removed.',
} as const
