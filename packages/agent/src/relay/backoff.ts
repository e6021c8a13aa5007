import { backOffMs, CloseCode, spreadMs } from '@chaos-lite/shared/plain'
import { enrolAgain } from '../net/index.ts'
import { HOST_WAS_REVOKED } from './words.ts'

const BACK_OFF = { firstMs: 500, mostMs: 30_000, leastShare: 0.1 }
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
 * @param controllerUrl whom this host is enrolled at, for the command that corrects it
 */
export function afterClose(
  code: number,
  failures: number,
  random: number = Math.random(),
  controllerUrl: string | null = null,
): Next {
  const long = () => LONG_MS + spreadMs(LONG_MS, BACK_OFF.leastShare, random)
  switch (code) {
    case CloseCode.hostRevoked:
      return {
        retry: false,
        say: `${HOST_WAS_REVOKED} by an administrator. To take part in drills again, ${enrolAgain(controllerUrl)}`,
      }
    case CloseCode.duplicateAgent:
      return {
        retry: true,
        delayMs: long(),
        say: `A second agent is connected with the key of this host: was the machine cloned? For one of the two, ${enrolAgain(controllerUrl)}`,
      }
    case CloseCode.notAuthenticated:
      return {
        retry: true,
        delayMs: long(),
        say: 'One side did not prove its identity: the controller behind this address is another than the one this host was enrolled with, or it does not know this host.',
      }
    default:
      return {
        retry: true,
        delayMs: backOffMs(failures, BACK_OFF, () => random),
        say: null,
      }
  }
}
