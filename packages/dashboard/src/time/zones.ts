/** Names of today that some browsers still list by an older one only, such as Asia/Calcutta. */
const RENAMED = [
  ...['Africa/Asmara', 'America/Argentina/Buenos_Aires', 'America/Nuuk', 'Asia/Ho_Chi_Minh', 'Asia/Kathmandu'],
  ...['Asia/Kolkata', 'Asia/Yangon', 'Atlantic/Faroe', 'Europe/Kyiv', 'Pacific/Kanton'],
]

/** Is it the name of a time zone, as far as this browser knows? */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name !== ''
  } catch {
    return false
  }
}

/** The zone of the reader; UTC where the system does not know it. */
export function ownZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return isZone(timeZone) ? timeZone : 'UTC'
}

/** All zones this browser knows, the reader's own and UTC first. */
export function zones(): string[] {
  const named = [...Intl.supportedValuesOf('timeZone'), ...RENAMED.filter(isZone)].sort()
  return [...new Set([ownZone(), 'UTC', ...named])]
}
