import type { Files } from '../../../host.ts'
import { type GroupLine, groupLines } from '../databases.ts'
import { readSudoers } from './read.ts'

/** The groups of this host's own file, and of those that sudo names also the members that a directory service adds. */
export async function namedGroups(
  files: Files,
  local: readonly GroupLine[],
  lookup: (database: 'passwd' | 'group', name: string) => Promise<string>,
): Promise<readonly GroupLine[]> {
  const sudoers = await readSudoers(files, '')
  const items = [
    ...(sudoers?.rules ?? []).flatMap(({ users }) => users),
    ...[...(sudoers?.aliases.values() ?? [])].flat(),
  ]
  const names = new Set(items.flatMap(({ text }) => /^%#?([^:].*)$/.exec(text)?.[1] ?? []))
  const found = await Promise.all([...names].map((name) => lookup('group', name).catch(() => '')))
  const more = found.flatMap(groupLines).filter(({ name, gid }) => names.has(name) || names.has(String(gid)))
  return [...local, ...more]
}
