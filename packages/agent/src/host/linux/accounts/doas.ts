/** A rule of `/etc/doas.conf` (`man 5 doas.conf`). */
export interface DoasRule {
  readonly where: string
  readonly permit: boolean
  readonly noPassword: boolean
  /** A name, or a group after `:`. */
  readonly who: string
  /** Without it: as root. */
  readonly as: string | null
  /** Without it: every command. */
  readonly command: string | null
}

/** The rules in their order; a line that is not understood permits nothing and forbids everybody. */
export function doasRules(text: string, path: string): readonly DoasRule[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .flatMap((row, index) => {
      const plain = row.replace(/#.*/, '').trim()
      if (plain === '') return []
      const where = `${path} line ${index + 1}`
      const unknown = { where, permit: false, noPassword: false, who: '*', as: null, command: null }
      const [, verb, rest = ''] = /^(permit|deny)\b(.*)$/.exec(plain.replaceAll(/\bsetenv\s*\{[^}]*\}/g, '')) ?? []
      if (verb === undefined) return [unknown]
      const words = rest.trim().split(/\s+/)
      const options = words.slice(
        0,
        words.findIndex((word) => !/^(?:nopass|nolog|persist|keepenv)$/.test(word)),
      )
      const [who, ...more] = words.slice(options.length)
      if (who === undefined || who === '') return [unknown]
      const asAt = more.indexOf('as')
      const cmdAt = more.indexOf('cmd')
      return [
        {
          ...{ where, permit: verb === 'permit', noPassword: options.includes('nopass'), who: who.replaceAll('"', '') },
          as: asAt < 0 ? null : (more[asAt + 1] ?? ''),
          command: cmdAt < 0 ? null : (more[cmdAt + 1] ?? ''),
        },
      ]
    })
}

/** Does the last rule that fits let this person become root? Null: no. */
export function doasGrant(
  rules: readonly DoasRule[],
  person: { readonly name: string; readonly groups: ReadonlySet<string>; readonly everyGroup: ReadonlySet<string> },
): { readonly by: string; readonly withoutPassword: boolean } | null {
  const isOf = (who: string, groups: ReadonlySet<string>) =>
    who === '*' || (who.startsWith(':') ? groups.has(who.slice(1)) : who === person.name)
  let grant: { by: string; withoutPassword: boolean } | null = null
  for (const { where, permit, noPassword, who, as, command } of rules) {
    if (!permit && isOf(who, person.everyGroup)) grant = null
    const makesRoot = (as === null || as === 'root') && (command === null || /\/(?:ba|da|z|k)?sh$|\/su$/.test(command))
    if (permit && makesRoot && isOf(who, person.groups)) {
      grant = { by: `${who} (${where})`, withoutPassword: noPassword }
    }
  }
  return grant
}
