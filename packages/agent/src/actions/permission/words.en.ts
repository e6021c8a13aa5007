/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  revoked:
    '{who, select, account {The account {name}} group {The group {name}} other {Everybody but the owner}} can no longer open {path}. What is already open stays open, and root always has access.',
  rules: 'Access rules now: {before}. During the failure: {after}.',
  folder: 'What lies in the folder keeps its own rules, but cannot be reached through it.',
  file: 'Only this file is touched.',
  rollback:
    'Roll back: each rule that is still as the drill left it gets its old value. Rules that somebody else changed are kept.',
} as const
