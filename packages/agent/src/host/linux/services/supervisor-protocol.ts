import { line } from '@chaos-lite/shared'
import * as z from 'zod'

/**
 * The protocol of the demo hosts' supervisor: a unix socket, newline-delimited JSON, one request per line, exactly one
 * reply per request in the order asked. The demo hosts have no systemd; their services are child processes.
 */
export const supervisorSocketVariable = 'CHAOS_LITE_SUPERVISOR'

/**
 * `start` and `stop` are answered when the service is running or gone; a wrong state already there is no error. `reload`
 * is answered when a service that runs and offers it was asked to.
 */
export const SupervisorRequest = z.strictObject({
  op: z.enum(['state', 'start', 'stop', 'reload']),
  service: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,127}$/),
})
export type SupervisorRequest = z.infer<typeof SupervisorRequest>

/** How a service of the demo's supervisor stands. */
export const SupervisedService = z.strictObject({
  service: line(128),
  exists: z.boolean(),
  running: z.boolean(),
  /** 0 when it does not run. */
  pid: z.int().min(0),
  /** When it was started, in microseconds of CLOCK_MONOTONIC (`process.hrtime`), 0 when it does not run. */
  startedMonoUs: z.int().min(0),
  stopTimeoutMs: z.int().min(1),
  startTimeoutMs: z.int().min(1),
  canReload: z.boolean(),
})
export type SupervisedService = z.infer<typeof SupervisedService>

/** The answer to one request: the state after it, or why nothing was done. */
export const SupervisorReply = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), state: SupervisedService }),
  z.strictObject({
    ok: z.literal(false),
    code: z.enum(['not-there', 'failed', 'timed-out', 'bad-request']),
    message: line(512),
  }),
])
export type SupervisorReply = z.infer<typeof SupervisorReply>

/** No line of this protocol is longer. */
export const supervisorMaxLineBytes = 4096
