import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { SEAL_CHARS } from '../protocol/index.ts'

const Way = z.strictObject({ key: z.string().regex(/^[0-9a-f]{64}$/), count: z.int().min(0) })
/** All of a seal: whoever has it can speak for this side. `count`: frames so far. */
export const SealState = z.strictObject({ out: Way, in: Way })
export type SealState = z.infer<typeof SealState>

/**
 * One end of a sealed connection. Each direction has its own key and counts its frames; the number is part of what is
 * sealed and is not sent, so a frame that is left out, repeated or out of its turn does not fit, nor any after it.
 */
export class Seal {
  readonly #out: KeyObject
  readonly #in: KeyObject
  readonly #keys: { readonly out: string; readonly in: string }
  #sent: number
  #received: number

  constructor(state: SealState) {
    this.#keys = { out: state.out.key, in: state.in.key }
    this.#out = createSecretKey(state.out.key, 'hex')
    this.#in = createSecretKey(state.in.key, 'hex')
    this.#sent = state.out.count
    this.#received = state.in.count
  }

  /** For a later process that goes on with the connection. */
  get state(): SealState {
    return {
      out: { key: this.#keys.out, count: this.#sent },
      in: { key: this.#keys.in, count: this.#received },
    }
  }

  /** The next frame, sealed. It must be sent, and in this order: the other side counts. */
  close(text: string): string {
    const seal = mac(this.#out, this.#sent, text).toString('base64url')
    this.#sent += 1
    return seal + text
  }

  /** What the other side sealed as its next frame, as UTF-8; null when this is not it. Nothing fits after that. */
  open(frame: string | Buffer): string | null {
    const bytes = typeof frame === 'string' ? Buffer.from(frame) : frame
    const seal = bytes.subarray(0, SEAL_CHARS)
    const right = Buffer.from(mac(this.#in, this.#received, bytes.subarray(SEAL_CHARS)).toString('base64url'))
    if (seal.length !== right.length || !timingSafeEqual(seal, right)) return null
    this.#received += 1
    return bytes.toString('utf8', SEAL_CHARS)
  }
}

function mac(key: KeyObject, number: number, text: string | Buffer): Buffer {
  return createHmac('sha256', key).update(`${number}\n`).update(text).digest()
}
