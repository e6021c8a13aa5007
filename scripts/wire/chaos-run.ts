import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startController } from '@chaos-lite/controller'
import type { AgentEvent } from '@chaos-lite/shared'
import type { IncidentKind } from '@chaos-lite/shared/api'
import Database from 'better-sqlite3'
import { type ChaosCounts, ChaosProxy } from './chaos-proxy.ts'
import { enrolled, type RealAgent, realAgent } from './real-agent.ts'

export interface ChaosRun {
  readonly folder: string
  readonly agents: number
  readonly facts: number
  readonly seed: number
  readonly withinMs: number
  readonly say?: (sentence: string) => void
}

/** What came of it. All is well when `lost`, `doubled` and `incidents` are 0. */
export interface ChaosOutcome {
  readonly sent: number
  readonly stored: number
  readonly lost: number
  readonly doubled: number
  readonly incidents: number
  /** Links that were closed because a frame came twice: so many were kept as incidents, and rightly. */
  readonly repeats: number
  readonly restarts: number
  readonly tookMs: number
  readonly network: ChaosCounts
}

/** Every so many-th agent is stopped in the middle and started again, with what it left. */
const RESTART_EVERY = 10
const PER_PORTION = 20

function numbered(n: number): AgentEvent {
  return { type: 'refused', runId: null, stepId: null, command: `number-${n}`, code: 'x', rule: '', reason: 'chaos' }
}

/**
 * Real outboxes and links, the real controller, and a network between them that loses, resets, stalls, repeats and
 * delays: afterwards every fact that an agent wrote must be stored, once.
 */
export async function chaosRun({ folder, agents, facts, seed, withinMs, say }: ChaosRun): Promise<ChaosOutcome> {
  const began = performance.now()
  const dataFolder = join(folder, 'controller')
  const hosts: RealAgent[] = []
  await using stack = new AsyncDisposableStack()
  const controller = stack.use(await startController({ dataFolder, port: 0, logLevel: 'silent' }))
  const proxy = stack.use(await ChaosProxy.start(Number(new URL(controller.url).port), seed))
  stack.defer(async () => void (await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()))))
  const url = `http://127.0.0.1:${proxy.port}`
  for (let number = 0; number < agents; number += 1) {
    const place = join(folder, `host-${number}`)
    hosts.push(await realAgent(await enrolled(controller, url, place), place))
  }
  say?.(`${agents} agents are enrolled; each writes ${facts} facts`)
  let restarts = 0
  await Promise.all(
    hosts.map(async (_, number) => {
      for (let from = 0; from < facts; from += PER_PORTION) {
        if (number % RESTART_EVERY === 0 && from > 0 && from === Math.floor(facts / 2 / PER_PORTION) * PER_PORTION) {
          hosts[number] = await restarted(hosts[number], join(folder, `host-${number}`))
          restarts += 1
        }
        const host = hosts[number]
        const portion = Array.from({ length: Math.min(PER_PORTION, facts - from) }, (_one, index) => from + index)
        await Promise.all(portion.map((n) => host?.outbox.report(numbered(n))))
      }
    }),
  )
  const sent = agents * facts
  const database = new Database(join(dataFolder, 'controller.db'), { readonly: true })
  stack.defer(() => void database.close())
  const counted = database.prepare<[], { n: number }>("SELECT count(*) AS n FROM facts WHERE origin LIKE 'h-%'")
  const until = performance.now() + withinMs
  for (let round = 0; (counted.get()?.n ?? 0) < sent && performance.now() < until; round += 1) {
    if (round % 20 === 0) say?.(`${counted.get()?.n} of ${sent} facts are stored`)
    await sleep(100)
  }
  const tookMs = performance.now() - began
  const network = { ...proxy.counts }
  proxy.calm()
  return { ...judged(database, hosts, facts), sent, restarts, tookMs, network }
}

async function restarted(host: RealAgent | undefined, folder: string): Promise<RealAgent> {
  if (host === undefined) throw new Error('There is no such host.')
  await host[Symbol.asyncDispose]()
  return realAgent(host.identity, folder)
}

function judged(database: Database.Database, hosts: readonly RealAgent[], facts: number) {
  const lines = database.prepare<[string], { line: string }>('SELECT line FROM facts WHERE origin = ?')
  let [lost, doubled, stored] = [0, 0, 0]
  for (const { identity } of hosts) {
    const seen = new Map<string, number>()
    for (const { line } of lines.all(identity.hostId)) {
      const { command } = JSON.parse(line).event as { command: string }
      seen.set(command, (seen.get(command) ?? 0) + 1)
      stored += 1
    }
    for (let n = 0; n < facts; n += 1) {
      const times = seen.get(`number-${n}`) ?? 0
      if (times === 0) lost += 1
      doubled += Math.max(0, times - 1)
    }
  }
  const kinds = database.prepare<[], { kind: IncidentKind; n: number }>(
    'SELECT kind, count(*) AS n FROM incidents GROUP BY kind',
  )
  let [incidents, repeats] = [0, 0]
  for (const { kind, n } of kinds.all()) {
    if (kind === 'forged frame') repeats += n
    else incidents += n
  }
  return { stored, lost, doubled, incidents, repeats }
}
