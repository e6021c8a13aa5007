/** A time in nanoseconds as GNU `touch --date` takes it: seconds since 1970 with nine decimals. */
export function touchDate(ns: string): string {
  const digits = ns.replace('-', '').padStart(10, '0')
  return `@${ns.startsWith('-') ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`
}
