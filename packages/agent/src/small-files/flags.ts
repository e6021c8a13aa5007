import { constants } from 'node:fs'

const { O_APPEND, O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants

/** How Node.js calls what is used here: https://nodejs.org/api/fs.html#file-system-flags */
const numbers = {
  r: O_RDONLY,
  'r+': O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
} as const

/** Flags of open(2) by the names that Node.js gives them. */
export type Flags = keyof typeof numbers

/** The number that open(2) takes. */
function flagsOf(flags: Flags | number): number {
  return typeof flags === 'number' ? flags : numbers[flags]
}

/** The same, but for a pipe that somebody put in the place of a file: open(2) would wait there for its other end. */
export function withoutWaiting(flags: Flags | number): number {
  return flagsOf(flags) | O_NONBLOCK
}
