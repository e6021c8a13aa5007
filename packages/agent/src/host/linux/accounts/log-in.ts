import type { PasswdLine } from './databases.ts'
import type { ShadowFields } from './shadow-line.ts'

const DAY_MS = 86_400_000

/** Programs that end the session of whoever gets them as a shell. */
const noShell = /(?:^|\/)(?:nologin|false|true|sync|halt|shutdown|poweroff|reboot|git-shell|scponly|rssh|rbash)$/

/** Why nobody can open a session as this account, or null. */
export function closedBecause(
  { shell }: Pick<PasswdLine, 'shell'>,
  shadow: ShadowFields | null,
  wallMs: number,
): string | null {
  if (noShell.test(shell)) return `its shell is ${shell}`
  if (shadow === null) return null
  const today = Math.floor(wallMs / DAY_MS)
  // A failure may last over midnight.
  if (/^\d+$/.test(shadow.expire) && Number(shadow.expire) <= today + 1)
    return 'the account has expired, or will within a day'
  const [changed, longest, grace] = [shadow.lastChange, shadow.maxDays, shadow.inactiveDays].map(dayOf)
  if (changed === undefined || longest === undefined || grace === undefined) return null
  if (changed === null || longest === null || grace === null) return null
  return changed + longest + grace <= today ? 'its password has expired, and the days of grace are over' : null
}

/** Is there a password that could be right? An empty one is refused by SSH, and by most log-ins. */
export function hasPassword(stored: string): boolean {
  return /^\$[^$:]+\$[^$:].*$|^_[./0-9A-Za-z]{19}$|^[./0-9A-Za-z]{13}$/.test(stored)
}

function dayOf(field: string): number | null {
  return /^\d+$/.test(field) ? Number(field) : null
}
