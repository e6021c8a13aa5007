import { instantText } from '@chaos-lite/shared'
import { revokedSince } from '../doctor/index.ts'
import type { Host } from '../host/index.ts'
import { type KeptIdentity, readIdentity } from '../identity/index.ts'
import { enrolAgain, linkAddress } from '../net/index.ts'
import { EXIT, type ExitCode, type Terminal, type World } from '../world.ts'

/** With `controller`, exit code 0 needs that very controller, so that an installer may run any number of times. */
export interface EnrolmentOptions {
  /** Asks whether the host is enrolled at this very controller. */
  readonly controller: string | null
  readonly json: boolean
}

/** The state of this host's enrolment, as far as the host itself knows. */
export interface Enrolment {
  readonly state: 'enrolled' | 'not enrolled' | 'revoked' | 'elsewhere'
  /** Null where the host is not enrolled. */
  readonly hostId: string | null
  /** Null where the host is not enrolled. */
  readonly controllerUrl: string | null
  /** A sentence for a person. */
  readonly text: string
}

/**
 * Says where this host is enrolled. The exit code is 0 only where that is the controller asked for, and not revoked.
 */
export async function enrolment(world: World, options: EnrolmentOptions, terminal: Terminal): Promise<ExitCode> {
  const { controller, json } = options
  // Refused before anything is asked, and without the identity.
  if (controller !== null) linkAddress(controller)
  const identity = await readIdentity(world.paths.identity)
  await using agent = await world.agent()
  const found = await enrolmentOf(agent.host, identity, controller)
  const ok = found.state === 'enrolled'
  if (json) terminal.out(JSON.stringify({ ok, ...found }))
  else {
    terminal.out(found.text)
    if (!ok) terminal.out(`To enrol it, ${enrolAgain(controller ?? found.controllerUrl)}`)
  }
  return ok ? EXIT.ok : EXIT.failed
}

/** Whether this host is enrolled, as far as the host itself knows: a revocation is in its log, not in its identity. */
async function enrolmentOf(
  host: Pick<Host, 'run'>,
  identity: Pick<KeptIdentity, 'hostId' | 'controllerUrl' | 'enrolledMs'> | null,
  wanted: string | null,
): Promise<Enrolment> {
  if (identity === null) {
    return { state: 'not enrolled', hostId: null, controllerUrl: null, text: 'This host is not enrolled.' }
  }
  const { hostId, controllerUrl, enrolledMs } = identity
  const whom = { hostId, controllerUrl }
  if (wanted !== null && linkAddress(wanted).url !== linkAddress(controllerUrl).url) {
    return { state: 'elsewhere', ...whom, text: `This host is enrolled at ${controllerUrl}, not at ${wanted}.` }
  }
  // Where the log of the system cannot be read, nothing is known of a revocation.
  const revoked = await revokedSince(host, enrolledMs).catch(() => null)
  if (revoked === null) return { state: 'enrolled', ...whom, text: `Enrolled as ${hostId} at ${controllerUrl}.` }
  return { state: 'revoked', ...whom, text: `This host was revoked at ${controllerUrl} (${instantText(revoked)}).` }
}
