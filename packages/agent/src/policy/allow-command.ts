import { ALLOW_COMMAND } from '@chaos-lite/shared'

/** What a policy lacks: entries to add to its lists, and ceilings to raise. */
export type Lacking = Readonly<Record<string, readonly string[] | string>>

/**
 * The command that would allow it, ready for a shell: every part that a shell could read as something else is quoted.
 * Never longer than `maxChars`: then it allows a part, and the next refusal names the rest.
 */
export function allowCommand(lacking: Lacking, maxChars = 512): string {
  const parts = Object.entries(lacking).flatMap(([key, value]) =>
    [value].flat().map((entry) => shellWord(`${key}=${entry}`)),
  )
  let command: string = ALLOW_COMMAND
  for (const part of parts) if (command.length + 1 + part.length <= maxChars) command += ` ${part}`
  return command === ALLOW_COMMAND ? 'The command that would allow it is too long to be shown' : command
}

/** Single quotes keep everything from a shell but a single quote itself. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
