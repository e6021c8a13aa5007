import { fitsShellGlob } from '../../../shell-glob.ts'
import type { AliasKind, Command, Item, Rule, Sudoers } from './parse.ts'

/** Whom sudo is asked about. */
export interface Person {
  readonly name: string
  readonly uid: number
  /** Names and numbers (`#27`) of all its groups. */
  readonly groups: ReadonlySet<string>
  /** As `groups`, with those that a failure takes away: what these forbid counts, too. */
  readonly everyGroup: ReadonlySet<string>
}

/** One way in which somebody may become root by sudo (sudoers(5)). */
export interface Grant {
  /** The rule and where it stands. */
  readonly by: string
  /** Is the person's own password not asked for? */
  readonly withoutPassword: boolean
  /** Is root's password asked for instead (`targetpw`, `rootpw`, `runaspw`)? */
  readonly rootPassword: boolean
}

/** Programs that give whoever runs them as root a shell of root, or make another person root. */
const shells = ['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'csh', 'tcsh', 'fish', 'ash', 'rbash'].flatMap((name) => [
  `/bin/${name}`,
  `/usr/bin/${name}`,
])
const changers = ['/bin/su', '/usr/bin/su']
const maxDepth = 32

/** What lets this person become root by sudo, or null: of the rules that fit, the last word on each command counts. */
export function grantOf(sudoers: Sudoers, person: Person, hostNames: readonly string[]): Grant | null {
  const ask = new Asking(sudoers, person, hostNames)
  let everything: Grant | null = null
  const single = new Map<string, Grant>()
  const forget = (path: string) => single.delete(path)
  for (const rule of sudoers.rules) {
    if (!ask.isHere(rule)) continue
    const named = ask.isFor(rule)
    const forbids = ask.mayForbid(rule)
    if (!named && !forbids) continue
    for (const { not, withoutPassword, command } of ask.commandsOf(rule)) {
      const fitting = command === 'ALL' ? [...shells, ...changers] : programsOf(command)
      if (not) {
        // Everything but a shell: who wrote that did not mean that this person becomes root.
        if (fitting.length > 0) everything = null
        fitting.forEach(forget)
      } else if (named) {
        const grant = { by: `${ask.word(rule)} (${rule.where})`, withoutPassword, rootPassword: ask.asksForRoot() }
        if (command === 'ALL') everything = grant
        for (const path of command === 'ALL' ? [] : fitting) single.set(path, grant)
      }
    }
  }
  return everything ?? [...single.values()][0] ?? null
}

/** Which of the programs that make root a command allows: with arguments of its own it is only these. */
function programsOf(command: string): readonly string[] {
  const [path = '', ...rest] = command.split(/\s+/)
  const args = rest.join(' ')
  const fits = (program: string) =>
    path.startsWith('^') ? true : fitsShellGlob(path, program) || (path.endsWith('/') && isIn(path, program))
  const plain = args === '' || args === '*' || args === '""'
  const asShell = plain || /^(?:-|-l|-i|--login|-s)$/.test(args) ? shells.filter(fits) : []
  const asSu = plain || /^(?:-|-l|--login)?\s*(?:root)?$/.test(args) ? changers.filter(fits) : []
  return [...asShell, ...asSu]
}

function isIn(folder: string, program: string): boolean {
  return program.startsWith(folder) && !program.slice(folder.length).includes('/')
}

/** One person's questions to one set of rules. */
class Asking {
  readonly sudoers: Sudoers
  readonly person: Person
  readonly hostNames: readonly string[]

  constructor(sudoers: Sudoers, person: Person, hostNames: readonly string[]) {
    this.sudoers = sudoers
    this.person = person
    this.hostNames = hostNames
  }

  isFor({ users }: Rule): boolean {
    return this.#last(users, 'User', (text) => this.#isUser(text, this.person.groups)) === true
  }

  /** Could this rule be about the person, with a group that a failure takes away, or that is not known here? */
  mayForbid({ users }: Rule): boolean {
    return (
      this.#last(users, 'User', (text) => this.#isUser(text, this.person.everyGroup) || /^\+|^%:/.test(text)) === true
    )
  }

  isHere({ hosts }: Rule): boolean {
    const names = this.hostNames.flatMap((name) => [name, name.split('.')[0] ?? name])
    const fits = (text: string) =>
      text === 'ALL' || names.some((name) => fitsShellGlob(text.toLowerCase(), name.toLowerCase()))
    return this.#last(hosts, 'Host', fits) === true
  }

  /** The commands of a rule that are run as root, aliases unfolded. */
  commandsOf({ commands }: Rule): readonly { not: boolean; withoutPassword: boolean; command: string }[] {
    return commands.flatMap((each) => {
      if (each.timed && !each.not) return []
      if (!each.not && !this.#runsAsRoot(each)) return []
      const withoutPassword = each.withoutPassword || this.#trusts()
      return this.#unfolded(each, 'Cmnd', 0).map(({ not, text }) => ({ not, withoutPassword, command: text }))
    })
  }

  /** The first item that names the person, for people to read. */
  word({ users }: Rule): string {
    const fits = (item: Item) =>
      this.#unfolded(item, 'User', 0).some(({ text }) => this.#isUser(text, this.person.groups))
    return users.find(fits)?.text ?? ''
  }

  asksForRoot(): boolean {
    return this.sudoers.defaults.some(
      ({ scope, name, off }) => /^(?:targetpw|rootpw|runaspw)$/.test(name) && !off && !this.#isForAnother(scope),
    )
  }

  #trusts(): boolean {
    const mine = this.sudoers.defaults.filter(
      ({ scope, name, off }) =>
        name === 'authenticate' && (off ? this.#isSurelyFor(scope) : !this.#isForAnother(scope)),
    )
    return mine.at(-1)?.off ?? false
  }

  #isSurelyFor(scope: string): boolean {
    return scope === '' || scope === `:${this.person.name}`
  }

  /** Surely not for this person: a single name that is another's. */
  #isForAnother(scope: string): boolean {
    return /^:[a-z_][a-z0-9_.-]*$/.test(scope) && scope !== `:${this.person.name}`
  }

  #runsAsRoot({ runAs }: Command): boolean {
    if (runAs === null) return !this.sudoers.defaults.some(({ name }) => name === 'runas_default')
    return this.#last(runAs, 'Runas', (text) => ['ALL', 'root', '#0'].includes(text)) === true
  }

  #isUser(text: string, groups: ReadonlySet<string>): boolean {
    if (text === 'ALL' || text === this.person.name) return true
    if (text.startsWith('%')) return groups.has(text.slice(1))
    return text === `#${this.person.uid}`
  }

  /** The last item of a list that fits decides; null where none does. */
  #last(list: readonly Item[], kind: AliasKind, fits: (text: string) => boolean): boolean | null {
    let said: boolean | null = null
    for (const item of list) {
      for (const { not, text } of this.#unfolded(item, kind, 0)) if (fits(text)) said = !not
    }
    return said
  }

  #unfolded(item: Item, kind: AliasKind, depth: number): readonly Item[] {
    const alias = this.sudoers.aliases.get(`${kind} ${item.text}`)
    if (alias === undefined || item.text === 'ALL' || depth > maxDepth) return [item]
    return alias.flatMap((each) =>
      this.#unfolded(each, kind, depth + 1).map(({ not, text }) => ({ not: not !== item.not, text })),
    )
  }
}
