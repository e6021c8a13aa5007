import { hostname } from 'node:os'
import { dirname } from 'node:path'
import {
  ChaosError,
  CloseCode,
  ControllerFrame,
  closeReasons,
  decode,
  encode,
  HANDSHAKE_MS,
  type Labels,
} from '@chaos-lite/shared'
import { makeFolder } from '../durable/index.ts'
import { openSocket } from '../net/index.ts'
import { writeIdentity } from './identity.ts'
import { keyToPem, makeKey, publicKeyOf } from './keys.ts'
import { splitToken } from './token.ts'

/** How a host enrols. Labels are proposals: an administrator confirms them. */
export interface EnrolOptions {
  readonly controllerUrl: string
  /** One-time, from the controller; it may bring the authority of the controller's certificate. */
  readonly token: string
  readonly labels: Labels
  readonly identityFile: string
  /** PEM text of a private certificate authority; kept with the identity. Goes before the one in the token. */
  readonly caPem?: string | null
  readonly signal?: AbortSignal
}

/** What the controller answered. `controllerKey` is pinned: commands must carry its signature from now on. */
export interface Enrolled {
  readonly hostId: string
  /** False: an administrator must approve this host before it may take part in drills. */
  readonly approved: boolean
  readonly controllerKey: string
}

/**
 * Makes this host's key, presents the one-time token, and keeps the identity that the controller gives.
 * @throws ChaosError `not-allowed` when the token is refused, `host-offline` when the controller cannot be reached
 */
export async function enrol(options: EnrolOptions): Promise<Enrolled> {
  // A token works once: see first that its fruit can be kept.
  await makeFolder(dirname(options.identityFile))
  const privateKey = makeKey()
  const { secret, caPem: brought } = splitToken(options.token)
  const caPem = options.caPem ?? brought
  const reply = await present({ ...options, token: secret, caPem }, publicKeyOf(privateKey))
  await writeIdentity(options.identityFile, {
    format: 1,
    hostId: reply.hostId,
    controllerUrl: options.controllerUrl,
    controllerKey: reply.controllerKey,
    privateKeyPem: keyToPem(privateKey),
    caPem,
    labels: options.labels,
    enrolledMs: Date.now(),
  })
  return reply
}

async function present(options: EnrolOptions, publicKey: string): Promise<Enrolled> {
  const caPem = options.caPem ?? null
  const { controllerUrl, signal } = options
  const socket = await openSocket({ controllerUrl, caPem, signal }).catch((thrown: unknown) => {
    throw thrown instanceof ChaosError ? withAdvice(thrown) : thrown
  })
  try {
    return await new Promise<Enrolled>((resolve, reject) => {
      const late = setTimeout(
        () =>
          reject(
            new ChaosError(
              'timed-out',
              `The controller did not answer the enrolment within ${HANDSHAKE_MS / 1000} s. Try again.`,
            ),
          ),
        HANDSHAKE_MS,
      )
      socket.once('close', (code: number) => {
        clearTimeout(late)
        reject(refusal(code))
      })
      socket.once('message', (data: Buffer, isBinary: boolean) => {
        clearTimeout(late)
        const read = isBinary ? null : decode(ControllerFrame, data.toString('utf8'))
        if (read?.ok && read.frame.type === 'enrolled') {
          const { hostId, approved, controllerKey } = read.frame
          return resolve({ hostId, approved, controllerKey })
        }
        reject(
          new ChaosError(
            'internal',
            'The controller answered the enrolment with something else. Is it a Chaos Lite controller of the same version?',
          ),
        )
      })
      socket.resume()
      const { token, labels } = options
      socket.send(encode({ type: 'enrol', token, publicKey, hostname: hostname(), labels }))
    })
  } finally {
    socket.close(1000)
  }
}

/** What a person can look at when the controller was not reached. */
function withAdvice(unreached: ChaosError): ChaosError {
  if (unreached.code !== 'host-offline') return unreached
  const isCertificate = /certificate|altname|CERT_/i.test(`${unreached.message} ${codeOf(unreached.cause)}`)
  const advice = isCertificate
    ? 'Is it that controller? A new token ("chaos-lite token create") brings its authority, --ca-file names it, and the name in --controller must be one of its certificate.'
    : 'Is the controller running, are name and port in --controller right, and does no firewall between it and this host refuse the connection?'
  return new ChaosError(unreached.code, `${unreached.message}. ${advice} The token was not used.`, { cause: unreached })
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

function refusal(code: number): ChaosError {
  if (code === CloseCode.enrolmentRefused) {
    return new ChaosError(
      'not-allowed',
      'The enrolment token was refused: it is unknown, used, or expired. Make a new one at the controller with "chaos-lite token create".',
    )
  }
  const reason = (closeReasons as Readonly<Record<number, string>>)[code] ?? 'no reason given'
  return new ChaosError('host-offline', `The controller closed the connection during enrolment (${code}: ${reason}).`)
}
