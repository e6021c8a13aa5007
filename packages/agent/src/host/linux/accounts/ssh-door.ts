import type { Files } from '../../host.ts'
import type { PasswdLine } from './databases.ts'

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
export function takesPasswords(settings: SshSettings): boolean {
  const is = (name: string) => settings.get(name)?.[0] === 'yes'
  return is('passwordauthentication') || (is('kbdinteractiveauthentication') && is('usepam'))
}

export function takesKeys(settings: SshSettings): boolean {
  return settings.get('pubkeyauthentication')?.[0] !== 'no'
}

/** May this person come in by name and groups? Patterns are those of ssh_config(5); `user@host` counts as a "no". */
export function admitsPerson(settings: SshSettings, name: string, groups: ReadonlySet<string>): boolean {
  const words = (key: string) =>
    (settings.get(key) ?? []).flatMap((value) => value.split(/\s+/)).filter((word) => word !== '')
  const any = (patterns: readonly string[], names: readonly string[]) =>
    patterns.some((pattern) => names.some((each) => fits(pattern, each)))
  const all = [...groups].filter((group) => !group.startsWith('#'))
  if (
    any(
      words('denyusers').map((word) => word.split('@')[0] ?? ''),
      [name],
    )
  )
    return false
  if (any(words('denygroups'), all)) return false
  if (words('allowusers').length > 0 && !any(words('allowusers'), [name])) return false
  return words('allowgroups').length === 0 || any(words('allowgroups'), all)
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

/** Does this file hold a key, and would a strict server read it (`StrictModes`)? */
export async function holdsKey(files: Files, path: string, { uid, home }: PasswdLine): Promise<boolean> {
  try {
    if (!(await files.exists(path))) return false
    const place = await files.resolve(path)
    const { kind, mode, uid: owner } = await files.metadata(place)
    if (kind !== 'file' || (mode & 0o022) !== 0 || (owner !== uid && owner !== 0)) return false
    if (path.startsWith(`${home}/`)) {
      for (let at = path.slice(0, path.lastIndexOf('/')); at.startsWith(home); at = at.slice(0, at.lastIndexOf('/'))) {
        const folder = await files.metadata(await files.resolve(at))
        if ((folder.mode & 0o022) !== 0 || (folder.uid !== uid && folder.uid !== 0)) return false
      }
    }
    const text = (await files.read(place, maxBytes)).toString('latin1')
    return /^(?!\s*#)[^\n]*\b(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-\S+|sk-\S+@openssh\.com)\s+AAAA/m.test(text)
  } catch {
    return false
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
