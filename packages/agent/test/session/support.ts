import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { AgentEvent, AgentFrame, Answer, Order, ProbeOrder } from '@chaos-lite/shared'
import { AgentEvent as AgentEventSchema, Answer as AnswerSchema } from '@chaos-lite/shared'
import { expect } from 'vitest'
import type { Exercise } from '../../src/exercises/exercise.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { Session, type SessionDeps } from '../../src/session/index.ts'
import { definitions } from '../fixtures/local-host.ts'
import type { ToyHooks } from '../fixtures/toy-action.ts'
import { allowAll, RUN, toyWorld } from '../fixtures/toy-engine.ts'
import { realClock, toyHost } from '../fixtures/toy-host.ts'

export { OTHER_RUN, RUN } from '../fixtures/toy-engine.ts'

export type Sample = Extract<AgentFrame, { type: 'sample' }>

interface Options {
  readonly hooks?: ToyHooks
  readonly policy?: Policy
  readonly exercises?: readonly Exercise[]
  /** Makes storing a fact fail. */
  readonly storing?: (event: AgentEvent) => Promise<void>
}

/** A session on a real engine with a toy action, in a folder of its own, with a clock that can be moved forward. */
export function toySession(options: Options = {}) {
  let aheadMs = 0
  const clock = { ...realClock, monoMs: () => realClock.monoMs() + aheadMs }
  const host = toyHost(clock)
  const events: AgentEvent[] = []
  const samples: Sample[] = []
  const warnings: string[] = []
  const listeners = new Set<(event: AgentEvent) => void>()
  const facts = {
    async report(event: AgentEvent) {
      await options.storing?.(event)
      // What is reported must be what the contract allows.
      events.push(AgentEventSchema.parse(event))
      for (const listener of listeners) listener(event)
    },
    onReported(listener: (event: AgentEvent) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const policy = async () => options.policy ?? allowAll
  const world = toyWorld(options.hooks ?? {}, { reporter: facts, host, policy })
  const deps: SessionDeps = {
    host,
    engine: world.engine,
    local: definitions(),
    facts,
    exercises: options.exercises ?? [],
    policy,
    scratch: world.paths.scratch,
    sample: (sample) => samples.push(sample),
    warn: (message) => warnings.push(message),
  }
  const session = new Session(deps)
  return {
    session,
    world,
    deps,
    events,
    samples,
    warnings,
    advance: (ms: number) => {
      aheadMs += ms
    },
    types: () => events.map(({ type }) => type),
    /** Executes an order; the answer must be what the contract allows. */
    async order(order: Order): Promise<Answer> {
      return AnswerSchema.parse(await session.execute(order))
    },
    async [Symbol.asyncDispose]() {
      await session.stop()
      await world.engine.shutdown('shutdown')
      await world.engine[Symbol.asyncDispose]?.()
    },
  }
}

export const openRun = (probes: ProbeOrder[] = [], runId = RUN): Order => ({
  name: 'run.open',
  runId,
  onLinkLoss: 'revert',
  probes,
})

/** A port that answers, and can be closed. */
export async function listening(): Promise<{ server: Server; port: number } & AsyncDisposable> {
  const server = createServer((socket) => socket.end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    server,
    port,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}

export const tcpProbe = (port: number, probeId = 'door'): ProbeOrder => ({
  probeId,
  probe: 'tcp',
  params: { host: '127.0.0.1', port },
  everyMs: 50,
  expect: null,
})

export const refusedWith = (code: string) => expect.objectContaining({ ok: false, code })
