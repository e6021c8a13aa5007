import { indexOutside, type SudoersLine, splitOutside, unquoted } from './words.ts'

/** An item of a list: `!` before it turns it round (an even number of them does not). */
export interface Item {
  readonly not: boolean
  readonly text: string
}

/** One command of a rule, with what stands before it or is carried on from the command before. */
export interface Command extends Item {
  /** Null: root, as without parentheses. */
  readonly runAs: readonly Item[] | null
  readonly withoutPassword: boolean
  /** Only at some times (`NOTBEFORE=`, `NOTAFTER=`). */
  readonly timed: boolean
}

/** Who may do what on which hosts. */
export interface Rule {
  readonly where: string
  readonly users: readonly Item[]
  readonly hosts: readonly Item[]
  readonly commands: readonly Command[]
}

/** The four kinds of alias (sudoers(5), "Aliases"). */
export type AliasKind = 'User' | 'Runas' | 'Host' | 'Cmnd'

/** What a set of sudoers files says, in its order. */
export interface Sudoers {
  readonly rules: Rule[]
  readonly aliases: Map<string, readonly Item[]>
  /** Each setting with whom it is for: empty for all, else such as `:alice`. */
  readonly defaults: { readonly scope: string; readonly name: string; readonly off: boolean }[]
  /** Lines that are not understood: with one of them nothing is relied on. */
  readonly problems: string[]
  /** The files that were read, as their includes name them. */
  readonly files: string[]
}

const tag = /^(NOPASSWD|PASSWD|(?:NO)?(?:EXEC|SETENV|LOG_INPUT|LOG_OUTPUT|MAIL|FOLLOW|INTERCEPT))\s*:\s*/
const tagEnd = /(?:^|[\s=,):])(?:(?:NO)?(?:PASSWD|EXEC|SETENV|LOG_INPUT|LOG_OUTPUT|MAIL|FOLLOW|INTERCEPT)|sha\d{3})$/
const option =
  /^(ROLE|TYPE|PRIVS|LIMITPRIVS|APPARMOR_PROFILE|CWD|CHROOT|TIMEOUT|NOTBEFORE|NOTAFTER)\s*=\s*("[^"]*"|\S+)\s*/
const aliasStart = /^[A-Z][A-Z0-9_]*\s*=/
const digest = /^sha(?:224|256|384|512)\s*:\s*\S+\s*,?\s*/

/** No rule at all: what a host without sudo allows. */
export function emptySudoers(): Sudoers {
  return { rules: [], aliases: new Map(), defaults: [], problems: [], files: [] }
}

/** Adds one line that is no include. `man 5 sudoers`, "SUDOERS FILE FORMAT". */
export function addLine(into: Sudoers, { number, text }: SudoersLine, path: string): void {
  const where = path === '' ? 'by custom, for want of /etc/sudoers' : `${path} line ${number}`
  const alias = /^(User|Runas|Host|Cmnd|Cmd)_Alias\s+/.exec(text)
  const defaults = /^Defaults((?:[@:!>]\s*[^\s=]+)?)\s+(.*)$/s.exec(text)
  if (alias) addAliases(into, text.slice(alias[0].length), kindOf(alias[1] ?? ''), where)
  else if (defaults) addDefaults(into, defaults[1] ?? '', defaults[2] ?? '')
  else addRule(into, text, where)
}

function kindOf(word: string): AliasKind {
  return word === 'Cmd' ? 'Cmnd' : (word as AliasKind)
}

function addAliases(into: Sudoers, text: string, kind: AliasKind, where: string): void {
  for (const one of colonParts(text, (last, piece) => !aliasStart.test(piece) || tagEnd.test(last))) {
    const [, name, list] = /^([A-Z][A-Z0-9_]*)\s*=\s*(.+)$/s.exec(one) ?? []
    if (name === undefined || list === undefined) into.problems.push(where)
    else into.aliases.set(`${kind} ${name}`, kind === 'Cmnd' ? items(list, withoutDigests) : items(list))
  }
}

function addDefaults(into: Sudoers, scope: string, list: string): void {
  for (const one of splitOutside(list, ',')) {
    const [, off, name] = /^(!*)\s*([a-z_]+)/.exec(one) ?? []
    if (name !== undefined)
      into.defaults.push({ scope: scope.replaceAll(/\s/g, ''), name, off: (off ?? '').length % 2 === 1 })
  }
}

function addRule(into: Sudoers, text: string, where: string): void {
  const equals = indexOutside(text, '=')
  const head = text.slice(0, equals)
  const userEnd = listEnd(head)
  if (equals < 0 || userEnd < 0) return void into.problems.push(where)
  const users = items(head.slice(0, userEnd))
  // Further host lists of the same users follow after a colon: `alice A = X : B = Y`.
  for (const [at, part] of hostParts(text.slice(userEnd)).entries()) {
    const sign = indexOutside(part, '=')
    const hosts = items(part.slice(0, sign))
    const commands = sign < 0 ? null : parseCommands(part.slice(sign + 1))
    if (commands === null || users.length === 0 || hosts.length === 0) into.problems.push(`${where} part ${at + 1}`)
    else into.rules.push({ where, users, hosts, commands })
  }
}

/** Where the list of users ends: at the first blank that neither follows nor precedes a comma or a `!`. */
function listEnd(head: string): number {
  const blank = /(?<![,!\\\s])\s+(?![,\s])/g
  for (let found = blank.exec(head); found !== null; found = blank.exec(head)) {
    const quotes = head.slice(0, found.index).match(/(?<!\\)"/g)?.length ?? 0
    if (quotes % 2 === 0 && head.slice(found.index).trim() !== '') return found.index
  }
  return -1
}

/** Splits at colons that begin another host list; those of tags and digests stay where they are. */
function hostParts(text: string): readonly string[] {
  // Before the first `=` a colon belongs to an address of IPv6.
  return colonParts(
    text,
    (last, piece) => tagEnd.test(last) || indexOutside(last, '=') < 0 || indexOutside(piece, '=') < 0,
  )
}

/** Splits at colons, but for those at which both sides belong together. */
function colonParts(text: string, together: (last: string, piece: string) => boolean): readonly string[] {
  const parts: string[] = []
  for (const piece of splitOutside(text, ':')) {
    const last = parts.at(-1)
    if (last !== undefined && together(last, piece)) parts[parts.length - 1] = `${last}:${piece}`
    else parts.push(piece)
  }
  return parts
}

function parseCommands(text: string): readonly Command[] | null {
  const commands: Command[] = []
  let carried: Pick<Command, 'runAs' | 'withoutPassword' | 'timed'> = {
    runAs: null,
    withoutPassword: false,
    timed: false,
  }
  for (const each of splitOutside(text, ',')) {
    let rest = each
    const runAs = /^\(([^)]*)\)\s*/.exec(rest)
    if (runAs) {
      carried = { ...carried, runAs: runAsItems(runAs[1] ?? '') }
      rest = rest.slice(runAs[0].length)
    }
    for (let met = option.exec(rest); met !== null; met = option.exec(rest)) {
      if (/^NOT(?:BEFORE|AFTER)$/.test(met[1] ?? '')) carried = { ...carried, timed: true }
      rest = rest.slice(met[0].length)
    }
    for (let met = tag.exec(rest); met !== null; met = tag.exec(rest)) {
      if (/^(?:NO)?PASSWD$/.test(met[1] ?? '')) carried = { ...carried, withoutPassword: met[1] === 'NOPASSWD' }
      rest = rest.slice(met[0].length)
    }
    rest = withoutDigests(rest)
    if (rest === '') {
      // A digest may stand before the comma of its list, and then before its command.
      if (/^sha/.test(each)) continue
      return null
    }
    const item = itemOf(rest)
    if (!/^(?:\/|\^\/|ALL$|sudoedit(?:\s|$)|list$|[A-Z][A-Z0-9_]*$)/.test(item.text)) return null
    commands.push({ ...item, ...carried })
  }
  return commands.length === 0 ? null : commands
}

function withoutDigests(command: string): string {
  let rest = command
  for (let met = digest.exec(rest); met !== null; met = digest.exec(rest)) rest = rest.slice(met[0].length)
  return rest
}

/** `(users:groups)`; with groups alone a person stays who they are. */
function runAsItems(text: string): readonly Item[] {
  const [users = '', groups] = splitOutside(text, ':')
  if (users !== '') return items(users)
  return groups === undefined ? [{ not: false, text: 'root' }] : [{ not: false, text: '' }]
}

function items(list: string, plain = (each: string) => each): readonly Item[] {
  return splitOutside(list, ',')
    .map(plain)
    .filter((each) => each !== '')
    .map(itemOf)
}

function itemOf(text: string): Item {
  const [marks = ''] = /^[!\s]*/.exec(text) ?? []
  return { not: (marks.match(/!/g)?.length ?? 0) % 2 === 1, text: unquoted(text.slice(marks.length)).trim() }
}
