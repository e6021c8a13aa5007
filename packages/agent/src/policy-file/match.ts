import { covers, rangeOf } from '@chaos-lite/shared/address'

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

/** Host names compare without case and without the closing dot. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

/** Does one of these addresses or ranges hold an address, or a whole range? */
export function isInRanges(ranges: readonly string[], value: string): boolean {
  // A zone says by which interface, not which machine.
  const wanted = rangeOf(value.replace(/%.*$/, ''))
  if (wanted === null) return false
  return ranges.some((text) => {
    const range = rangeOf(text)
    return range !== null && covers(range, wanted)
  })
}
