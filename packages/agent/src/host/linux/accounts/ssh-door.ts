import type { Files } from '../../host.ts'
import type { PasswdLine } from './databases.ts'
import { bestOfKeys, type Opens } from './key-lines.ts'

const maxBytes = 1024 * 1024

/** What the SSH server says about one person (`sshd -T -C user=NAME,…`), settings by their name in lower case. */
export type SshSettings = ReadonlyMap<string, readonly string[]>

/** Lines of `sshd -T` (`man 8 sshd`): a name in lower case, a blank, a value; several lines of one name add up. */
export function parseSshd(text: string): SshSettings {
  const settings = new Map<string, string[]>()
  for (const row of text.split('\n')) {
    const [, name, value] = /^(\S+)\s+(.*)$/.exec(row.trim()) ?? []
    if (name !== undefined && value !== undefined)
      settings.set(name.toLowerCase(), [...(settings.get(name.toLowerCase()) ?? []), value])
  }
  return settings
}

/** Does the server let passwords in (by itself, or by asking as PAM does)? */
function takesPasswords(settings: SshSettings): boolean {
  const is = (name: string) => settings.get(name)?.[0] === 'yes'
  return is('passwordauthentication') || (is('kbdinteractiveauthentication') && is('usepam'))
}

function takesKeys(settings: SshSettings): boolean {
  return settings.get('pubkeyauthentication')?.[0] !== 'no'
}

/** How somebody stands before the server. */
interface Comer {
  readonly key: boolean
  readonly password: boolean
}

/** Is what the server asks for in one of its ways (`AuthenticationMethods`) what this person has? */
export function isAuthenticated(settings: SshSettings, { key, password }: Comer): boolean {
  const has: Readonly<Record<string, boolean>> = {
    publickey: key && takesKeys(settings),
    password: password && takesPasswords(settings),
    'keyboard-interactive': password && takesPasswords(settings),
  }
  const ways = (settings.get('authenticationmethods') ?? ['any']).flatMap((value) => value.split(/\s+/))
  return ways.some((way) =>
    way === 'any'
      ? has.publickey || has.password
      : way.split(',').every((method) => has[method.replace(/:.*$/, '')] === true),
  )
}

/** Does whoever comes in get a shell, not the one program of `ForceCommand`? */
export function givesShell(settings: SshSettings): boolean {
  return (settings.get('forcecommand')?.[0] ?? 'none') === 'none'
}

/** May keys open the door that lie in no file: of a program (`AuthorizedKeysCommand`), or signed by an authority? */
export function hasKeysElsewhere(settings: SshSettings): boolean {
  const isSet = (name: string) => !/^(?:none)?$/.test(settings.get(name)?.[0]?.trim() ?? 'none')
  return takesKeys(settings) && (isSet('authorizedkeyscommand') || isSet('trustedusercakeys'))
}

/**
 * From where may this person come in, by name and groups? Null: from nowhere; `*`: from anywhere; else the hosts of
 * `AllowUsers user@host`. Patterns are those of ssh_config(5). Who is denied from somewhere counts as denied.
 */
export function admittedFrom(
  settings: SshSettings,
  name: string,
  groups: ReadonlySet<string>,
): readonly string[] | null {
  const words = (key: string) =>
    (settings.get(key) ?? []).flatMap((value) => value.split(/\s+/)).filter((word) => word !== '')
  const any = (patterns: readonly string[], names: readonly string[]) =>
    patterns.some((pattern) => names.some((each) => fits(pattern, each)))
  const userOf = (word: string) => word.split('@')[0] ?? ''
  const all = [...groups].filter((group) => !group.startsWith('#'))
  if (any(words('denyusers').map(userOf), [name]) || any(words('denygroups'), all)) return null
  if (words('allowgroups').length > 0 && !any(words('allowgroups'), all)) return null
  const allowed = words('allowusers')
  if (allowed.length === 0) return ['*']
  const mine = allowed.filter((word) => fits(userOf(word), name)).map((word) => word.split('@')[1] ?? '*')
  return mine.length === 0 ? null : mine.includes('*') ? ['*'] : [...new Set(mine)]
}

/** Files in which the server looks for the keys of a person, by its setting `AuthorizedKeysFile`. */
export function keyFilesOf(settings: SshSettings | null, { name, uid, home }: PasswdLine): readonly string[] {
  const said = settings?.get('authorizedkeysfile')?.[0] ?? '.ssh/authorized_keys .ssh/authorized_keys2'
  return said
    .split(/\s+/)
    .filter((word) => word !== '' && word !== 'none')
    .map((word) =>
      word.replaceAll(/%([%huU])/g, (_, code: string) => ({ h: home, u: name, U: String(uid) })[code] ?? '%'),
    )
    .map((word) => (word.startsWith('/') ? word : `${home}/${word}`))
}

/** What do the keys in this file open, and would a strict server read it (`StrictModes`)? */
export async function keysIn(files: Files, path: string, person: PasswdLine, wallMs: number): Promise<Opens> {
  const { uid, home } = person
  try {
    if (!(await files.exists(path))) return 'nothing'
    const place = await files.resolve(path)
    const { kind, mode, uid: owner } = await files.metadata(place)
    if (kind !== 'file' || (mode & 0o022) !== 0 || (owner !== uid && owner !== 0)) return 'nothing'
    if (path.startsWith(`${home}/`)) {
      for (let at = path.slice(0, path.lastIndexOf('/')); at.startsWith(home); at = at.slice(0, at.lastIndexOf('/'))) {
        const folder = await files.metadata(await files.resolve(at))
        if ((folder.mode & 0o022) !== 0 || (folder.uid !== uid && folder.uid !== 0)) return 'nothing'
      }
    }
    return bestOfKeys((await files.read(place, maxBytes)).toString('latin1'), wallMs)
  } catch {
    return 'perhaps'
  }
}

/** `*` and `?` of ssh_config(5), without backtracking. */
function fits(pattern: string, text: string): boolean {
  let row = [true, ...Array.from(text, () => false)]
  for (const char of pattern) {
    const next = row.map(() => false)
    for (let at = 0; at <= text.length; at += 1) {
      if (char === '*') next[at] = row[at] === true || (at > 0 && next[at - 1] === true)
      else if (at > 0) next[at] = row[at - 1] === true && (char === '?' || char === text[at - 1])
    }
    row = next
  }
  return row.at(-1) === true
}
