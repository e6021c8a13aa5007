/**
 * A point in time as people write it down: the same digits wherever it is read, in the zone of this machine, which is
 * named: `2026-11-30 08:19:54 GMT+1`.
 */
export function instantText(ms: number): string {
  const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'short' })
    .formatToParts(ms)
    .find(({ type }) => type === 'timeZoneName')
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} ${zone?.value ?? ''}`.trimEnd()
}
