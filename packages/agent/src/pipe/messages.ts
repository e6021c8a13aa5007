import { MAX_FRAME_BYTES } from '@chaos-lite/shared/plain'

/*
 * What the two parts of the agent say to each other. A message is one byte for its kind, four for the length of what
 * follows (big endian), and that. The relay is the part that holds the connection, without privileges; the root part holds
 * keys, journal and policy, and takes every byte from the relay for hostile.
 */

/** Relay to root part. */
export const Up = {
  /** A new connection to the controller stands: its id, 32 hexadecimal digits. */
  opened: 1,
  /** The connection of this id still stands; the root part slept meanwhile. */
  resumed: 2,
  /** One frame of the controller: when it came (8 bytes, see `FRAME_STAMP_BYTES`), then its text. */
  frame: 3,
  /** The connection ended with this close code, as decimal text. */
  closed: 4,
  /** A file that decides what is offered has changed, or a command left facts. */
  look: 5,
} as const

/** Root part to relay. */
export const Down = {
  /** Where to connect: a `Target` as JSON, or `null`. The first message on every pipe. */
  target: 16,
  /** One frame for the controller. */
  frame: 17,
  /** Close the connection with this code, as decimal text. */
  close: 18,
  /** Both ends have proved who they are (`open`), or an administrator has yet to approve this host (`pending`). */
  state: 19,
  /** There is nothing to do: go on alone. Carries how many messages were seen; with more underway it does not count. */
  rest: 20,
  /** The root part is being stopped on purpose: do not wake it at once. */
  stopping: 21,
} as const

/** Where the relay connects to. It holds no secret. */
export interface Target {
  readonly hostId: string
  readonly controllerUrl: string
  /** PEM text of the only accepted authority; null: those of Node's own list. */
  readonly caPem: string | null
  /** For the controller's comparison of clocks. */
  readonly bootId: string
  /** Another one when this host was enrolled again, be it as the same host at the same controller. */
  readonly enrolment: string
}

/** The monotonic clock in milliseconds, as a big-endian double: when the relay had the frame. */
export const FRAME_STAMP_BYTES = 8

/** Longer than any of these ever is: a frame with its stamp, or a target with its authority. */
export const LONGEST_MESSAGE_BYTES = 2 * MAX_FRAME_BYTES
