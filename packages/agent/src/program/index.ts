export { markVariable } from './child-mark.ts'
export { type Command, dropOldCopies, keepExecutable, ownCommand, thisCommand } from './executable.ts'
