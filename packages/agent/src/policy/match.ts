/** Does a name fit an entry where `*` stands for any characters? Linear in time, whatever the entry. */
export function fitsGlob(entry: string, name: string): boolean {
  const parts = entry.split('*')
  const first = parts[0] ?? ''
  if (parts.length === 1) return entry === name
  const last = parts.at(-1) ?? ''
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let at = first.length
  const end = name.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

const UNIT = /\.(?:service|socket|timer|target|mount|automount|swap|path|slice|scope|device)$/

/** `nginx` and `nginx.service` are one unit. */
export function unitName(service: string): string {
  return UNIT.test(service) ? service : `${service}.service`
}

/** Fewer letters than this beside `*` name nothing in particular. */
export const fewestLetters = 3

/** How many characters of an entry name something: neither `*` nor a dot. */
export function lettersOf(entry: string): number {
  return entry.replaceAll(/[*.]/g, '').length
}
