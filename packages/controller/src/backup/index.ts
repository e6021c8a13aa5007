export { backUpCommand, restoreCommand } from './commands.ts'
