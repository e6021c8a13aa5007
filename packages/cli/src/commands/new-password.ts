import { ChaosError } from '@chaos-lite/shared'
import { PasswordRequest } from '@chaos-lite/shared/api'

/** How often a person is asked. */
const TRIES = 3
const LENGTH = 'The new password must have 12 to 512 characters.'
/** What nobody can see is typed twice: a slip would lock the administrator out. */
const DIFFER = 'The two new passwords differ.'

/**
 * Asks for a new password, twice. A person who was asked at a terminal may try again; what a variable holds would only be
 * wrong once more. @throws ChaosError when no try was good
 */
export async function newPassword(
  ask: (question: string) => Promise<string>,
  { say, atTerminal }: { readonly say: (text: string) => void; readonly atTerminal: boolean },
): Promise<string> {
  for (let left = (atTerminal ? TRIES : 1) - 1; ; left -= 1) {
    const next = await ask('New password')
    const tooOdd = !PasswordRequest.shape.next.safeParse(next).success
    if (!tooOdd && (await ask('New password again')) === next) return next
    const wrong = tooOdd ? LENGTH : DIFFER
    if (left === 0) throw new ChaosError('request-invalid', `${wrong} Nothing was changed; log in again.`)
    say(`${wrong} Try again.`)
  }
}
