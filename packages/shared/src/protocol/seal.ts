/**
 * From the proof on, every frame of either side but `clock` carries a seal: HMAC-SHA-256 in base64url before the JSON
 * text, with a key that only the controller and the root part of the agent know. So whatever carries the frames can
 * neither make one, nor change, leave out, repeat or reorder any without the next one revealing it.
 */
export const SEAL_CHARS = 43

/** The one frame without a seal, in either direction: an idle host's relay answers it, and it holds no key. */
export const UNSEALED = 'clock'

/** A frame with a seal never begins like JSON. */
export function isSealed(frame: string | Uint8Array): boolean {
  return typeof frame === 'string' ? !frame.startsWith('{') : frame[0] !== 0x7b
}
