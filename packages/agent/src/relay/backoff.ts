import { CloseCode } from '@chaos-lite/shared/plain'
import { enrolAgain } from '../net/index.ts'
import { HOST_WAS_REVOKED } from './words.ts'

const FIRST_MS = 500
const LONGEST_MS = 30_000
/** After a refusal that repeating quickly cannot change. */
const LONG_MS = 60_000

/** What the end of a link means for the next one. */
export type Next =
  | { readonly retry: true; readonly delayMs: number; readonly say: string | null }
  | { readonly retry: false; readonly say: string }

/**
 * How long to wait before connecting again: exponential with full jitter, so that a thousand agents do not come back
 * in the same second. Some close codes say more: a revoked host stops, a duplicate waits long.
 * @param failures how many connections in a row did not become a working link
 * @param random between 0 and 1
 * @param controllerUrl whom this host is enrolled at, for the command that mends it
 */
export function afterClose(
  code: number,
  failures: number,
  random: number = Math.random(),
  controllerUrl: string | null = null,
): Next {
  const jittered = (limitMs: number) => Math.round(limitMs / 10 + random * limitMs * 0.9)
  switch (code) {
    case CloseCode.hostRevoked:
      return {
        retry: false,
        say: `${HOST_WAS_REVOKED} by an administrator. To take part in drills again, ${enrolAgain(controllerUrl)}`,
      }
    case CloseCode.duplicateAgent:
      return {
        retry: true,
        delayMs: LONG_MS + jittered(LONG_MS),
        say: `A second agent is connected with the key of this host: was the machine cloned? For one of the two, ${enrolAgain(controllerUrl)}`,
      }
    case CloseCode.notAuthenticated:
      return {
        retry: true,
        delayMs: LONG_MS + jittered(LONG_MS),
        say: 'One side did not prove its identity: the controller behind this address is another than the one this host was enrolled with, or it does not know this host.',
      }
    default:
      return {
        retry: true,
        delayMs: jittered(Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 16))),
        say: null,
      }
  }
}
