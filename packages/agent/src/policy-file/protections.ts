import { ChaosError } from '@chaos-lite/shared'
import type { OwnThings } from '../host/index.ts'
import type { PolicyQuestion } from '../policy/index.ts'
import { refuseProtectedName, refuseProtectedPath } from '../protected/index.ts'
import { realPlace } from './place.ts'
import { broughtFor } from './terms.ts'

/** Why a failure may never touch this, whatever the file says. */
export interface Protection {
  readonly reason: string
  readonly rule: string
}

/**
 * The built-in protections, asked before the file: otherwise a refusal would name a line that does not help. Each action
 * asks them again with what the name really leads to (the unit behind an alias, the target of a link). Unless `follow`, a
 * path is judged as it is written: the answer reveals nothing of what lies there.
 */
export function protectionOf({ kind, value }: PolicyQuestion, own: OwnThings, follow = true): Protection | null {
  try {
    broughtFor(kind)?.refuseProtected?.(value)
    if (kind === 'name' || kind === 'address') refuseProtectedName({ own }, value)
    if (kind === 'folder' || kind === 'file') refuseProtectedPath({ own }, (follow ? realPlace(value) : null) ?? value)
    return null
  } catch (thrown) {
    if (!(thrown instanceof ChaosError)) throw thrown
    return { reason: thrown.message, rule: thrown.rule ?? 'built-in' }
  }
}
