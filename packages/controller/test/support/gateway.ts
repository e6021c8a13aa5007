import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AGENT_PATH, type SourcedFact } from '@chaos-lite/shared'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { AgentGateway } from '../../src/gateway/agent-gateway.ts'
import type { GatewayOptions } from '../../src/gateway/gateway-options.ts'
import { type ControllerKey, controllerKey } from '../../src/gateway/keys.ts'
import { wsGateway } from '../../src/gateway/ws-gateway.ts'
import { makeEnrolment } from '../../src/services/enrol.ts'
import { makeIngest } from '../../src/services/ingest.ts'
import type { RunBook } from '../../src/services/run-book.ts'
import type { Store } from '../../src/store/store.ts'
import { anchoredClock, type Clock } from '../../src/time/clock.ts'
import { enrol, type ScriptedIdentity } from './scripted-agent.ts'
import { type Database, openStore } from './store.ts'

export interface OpenedGateway {
  readonly gateway: AgentGateway
  readonly store: Store
  readonly database: Database
  readonly url: string
  readonly clientId: string
  readonly key: ControllerKey
  readonly clock: Clock
  /** What was handed to the run book. */
  readonly published: SourcedFact[]
  token(approve?: boolean): Promise<string>
  newHost(approve?: boolean): Promise<ScriptedIdentity>
}

/** A real gateway on a real store, listening on a free port. */
export async function openGateway(options: Partial<GatewayOptions> = {}): Promise<OpenedGateway> {
  const { store, database } = openStore()
  const log = pino({ level: 'silent' })
  const clock = anchoredClock()
  const enrolment = makeEnrolment({ store, clock, address: { publicUrl: 'https://chaos.example.test', caPem: null } })
  const published: SourcedFact[] = []
  const runBook = {
    ingested: async (facts: readonly SourcedFact[]) => void published.push(...facts),
  } satisfies Pick<RunBook, 'ingested'>
  const ingest = makeIngest({ store, clock, log, runBook })
  const key = await controllerKey(store)
  const gateway = wsGateway({ store, clock, key, enrolment, ingest, log, ...options })
  const server = createServer((_request, response) => response.end())
  server.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await gateway.close()
    server.closeAllConnections()
    server.close()
  })
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}${AGENT_PATH}`
  const { clientId } = await store.clients.first()
  const token = async (approve = true) => {
    const made = await enrolment.makeToken({
      clientId,
      labels: { site: 'b' },
      validForMs: 60_000,
      approve,
      by: 'admin',
    })
    return made.token
  }
  const newHost = async (approve = true) => enrol(url, await token(approve))
  return { gateway, store, database, url, clientId, key, clock, token, newHost, published }
}
