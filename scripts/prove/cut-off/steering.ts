import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Controller, startController } from '@chaos-lite/controller'
import type { HostId, Order } from '@chaos-lite/shared'
import { ulid } from 'ulid'
import { enrol } from '../../../packages/agent/src/identity/index.ts'

const STEP = 'cut-off'
const EXPIRES_MS = 60_000

/** What the controller orders. */
export type Wanted = Readonly<Pick<Extract<Order, { name: 'inject' }>, 'action' | 'params' | 'holdMs'>>

/** A host that the controller knows: its id, and the text of its identity file. */
export interface Known {
  readonly hostId: HostId
  readonly identity: string
}

/** A real controller, that orders one failure of one host at a time and never renews a lease. */
export class Steering implements AsyncDisposable {
  readonly #controller: Controller
  readonly #folder: string

  private constructor(controller: Controller, folder: string) {
    this.#controller = controller
    this.#folder = folder
  }

  static async start(): Promise<Steering> {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-steering-'))
    const dataFolder = join(folder, 'controller')
    return new Steering(await startController({ dataFolder, port: 0, logLevel: 'silent' }), folder)
  }

  get port(): number {
    return Number(new URL(this.#controller.url).port)
  }

  /** Makes a fresh host known, which will reach this controller through `port` of its own loopback. */
  async enrol(port: number): Promise<Known> {
    const { store, context, url } = this.#controller
    const { clientId } = await store.clients.first()
    const asked = { clientId, labels: {}, validForMs: EXPIRES_MS, approve: true, by: 'prove' }
    const { token } = await context.enrolment.makeToken(asked)
    const identityFile = join(this.#folder, `${ulid()}.json`)
    await enrol({ controllerUrl: url, token, labels: {}, identityFile })
    const identity = JSON.parse(await readFile(identityFile, 'utf8'))
    // All of them are made on this machine, under its one name.
    await store.hosts.approve(identity.hostId, { replaces: null, besides: true })
    await rm(identityFile)
    const text = JSON.stringify({ ...identity, controllerUrl: `http://127.0.0.1:${port}` })
    return { hostId: identity.hostId, identity: text }
  }

  /** Resolves when the host is linked; rejects when `over` comes first. */
  online(hostId: HostId, over: AbortSignal): Promise<void> {
    const { gateway } = this.#controller
    return new Promise((resolve, reject) => {
      const stop = gateway.listen({ online: (one) => one === hostId && settle() })
      const onOver = () => settle(over.reason)
      const settle = (why?: unknown) => {
        stop()
        over.removeEventListener('abort', onOver)
        why === undefined ? resolve() : reject(why)
      }
      over.addEventListener('abort', onOver)
      if (gateway.isOnline(hostId)) settle()
      else if (over.aborted) onOver()
    })
  }

  /** Opens a run and has the failure explained; what is returned starts it. */
  async plan(hostId: HostId, { action, params, holdMs }: Wanted, signal: AbortSignal): Promise<() => Promise<void>> {
    const runId = ulid()
    const step = { stepId: STEP, kind: 'inject', name: action, params, holdMs } as const
    const answer = await this.#order(hostId, { name: 'prepare', steps: [step], probes: [] }, signal)
    const explained = answer?.steps[0]
    if (explained?.ok !== true) throw new Error(`The host refused ${action}: ${explained?.reason ?? 'no answer'}`)
    await this.#order(hostId, { name: 'run.open', runId, onLinkLoss: 'revert', probes: [] }, signal)
    const about = { runId, stepId: STEP, action, params, holdMs, effectWaitMs: 0, onLinkLoss: 'revert' } as const
    return async () => {
      await this.#order(hostId, { name: 'inject', ...about, explanationDigest: explained.digest }, signal)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controller[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #order(hostId: HostId, order: Order, signal: AbortSignal) {
    const answer = await this.#controller.gateway.order(hostId, order, { expiresInMs: EXPIRES_MS, signal })
    if (answer.ok) return answer.prepared
    throw new Error(`The host refused "${order.name}": ${answer.reason}`)
  }
}
