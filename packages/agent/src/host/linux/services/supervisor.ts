import { connect } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import type { Services, UnitState } from '../../host.ts'
import { knowsOnlyServices } from './knows-only-services.ts'
import {
  type SupervisedService,
  SupervisorReply,
  type SupervisorRequest,
  supervisorMaxLineBytes,
} from './supervisor-protocol.ts'

const queryTimeoutMs = 5000

/** The services of a demo host: a client of its supervisor. */
export function supervisorServices(socketPath: string): Services {
  const ask = (request: SupervisorRequest, timeoutMs: number, signal?: AbortSignal) =>
    exchange(socketPath, request, timeoutMs, signal)
  return {
    manager: 'demo supervisor',
    ...knowsOnlyServices,
    state: async (service) => unitStateOf(await ask({ op: 'state', service: bare(service) }, queryTimeoutMs)),
    start: async (service, timeoutMs, signal) => {
      const { running } = await ask({ op: 'start', service: bare(service) }, timeoutMs, signal)
      if (!running) throw new ChaosError('tool-failed', `${service} does not run after the start.`)
    },
    reload: async (service, timeoutMs, signal) => {
      const { running } = await ask({ op: 'reload', service: bare(service) }, timeoutMs, signal)
      if (!running) throw new ChaosError('tool-failed', `${service} does not run after the reload.`)
    },
    // The supervisor kills by itself what does not stop in its time.
    kill: async () => {},
    stop: async (service, timeoutMs, signal) => {
      const { running } = await ask({ op: 'stop', service: bare(service) }, timeoutMs, signal)
      if (running) throw new ChaosError('tool-failed', `${service} still runs after the stop.`)
    },
  }
}

/** The supervisor knows no kinds of unit. */
function bare(service: string): string {
  return service.replace(/\.service$/, '')
}

function unitStateOf(state: SupervisedService): UnitState {
  return {
    name: `${state.service}.service`,
    loadState: state.exists ? 'loaded' : 'not-found',
    activeState: state.running ? 'active' : 'inactive',
    subState: state.running ? 'running' : 'dead',
    enabledState: '',
    mainPid: state.pid,
    activeSinceMonoUs: String(state.startedMonoUs),
    startId: '',
    stopTimeoutMs: state.stopTimeoutMs,
    startTimeoutMs: state.startTimeoutMs,
    triggeredBy: [],
    dependents: [],
    upheldBy: [],
    startsOnStop: [],
    startsOnFailure: [],
    conflicts: [],
    type: '',
    refusesManual: false,
    canReload: state.canReload,
  }
}

/** One connection for one request: a demo host is never asked often. */
function exchange(
  path: string,
  request: SupervisorRequest,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<SupervisedService> {
  const { promise, resolve, reject } = Promise.withResolvers<SupervisedService>()
  const socket = connect(path)
  let text = ''
  const fail = (code: 'timed-out' | 'tool-failed' | 'not-there', message: string) => {
    socket.destroy()
    reject(new ChaosError(code, message))
  }
  socket.setTimeout(timeoutMs, () =>
    fail('timed-out', `The supervisor did not ${request.op} ${request.service} in time.`),
  )
  const onAbort = () => fail('timed-out', `The ${request.op} of ${request.service} was cancelled.`)
  signal?.addEventListener('abort', onAbort, { once: true })
  socket.setEncoding('utf8')
  socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`))
  socket.on('error', (cause) => fail('tool-failed', `The supervisor at ${path} cannot be reached: ${cause.message}.`))
  socket.on('close', () => {
    signal?.removeEventListener('abort', onAbort)
    fail('tool-failed', `The supervisor closed the connection before it answered.`)
  })
  socket.on('data', (chunk: string) => {
    text += chunk
    if (text.length > supervisorMaxLineBytes) return fail('tool-failed', 'The supervisor said too much.')
    const end = text.indexOf('\n')
    if (end < 0) return
    const reply = parseReply(text.slice(0, end))
    if (!reply) return fail('tool-failed', 'The supervisor answered with something else than its protocol.')
    if (reply.ok) resolve(reply.state)
    else fail(reply.code === 'not-there' || reply.code === 'timed-out' ? reply.code : 'tool-failed', reply.message)
    socket.destroy()
  })
  return promise
}

function parseReply(line: string): SupervisorReply | null {
  try {
    return SupervisorReply.parse(JSON.parse(line))
  } catch {
    return null
  }
}
