import { covers, rangeOf } from '@chaos-lite/shared/address'

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
