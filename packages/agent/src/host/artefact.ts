import { randomBytes } from 'node:crypto'

/** Begins the name of every file that the agent makes beside a file of the host. */
const marker = '.chaos-lite'

/** A temporary name nobody can guess; `tag` (a record's id) lets `sweep` find it after a crash. */
export function temporaryName(tag: string): string {
  return `${marker}-${tag}-${randomBytes(8).toString('hex')}.tmp`
}

/** The name under which the original stays beside the changed file for as long as the failure lasts. */
export function keptName(tag: string): string {
  return `${marker}-${tag}-original`
}

/** Was this name made by `temporaryName` with this tag? */
export function isTemporaryOf(name: string, tag: string): boolean {
  return name.startsWith(`${marker}-${tag}-`) && /-[0-9a-f]{16}\.tmp$/.test(name)
}

/** A tag where no record is at hand. */
export const noTag = 'untagged'
