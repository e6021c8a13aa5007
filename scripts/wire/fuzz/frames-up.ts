import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startController } from '@chaos-lite/controller'
import { enrolled, realAgent } from '../real-agent.ts'
import { HostileHost } from './hostile-host.ts'
import type { OpenTarget } from './target.ts'

const AT_ONCE = 8
const HOSTS = 16
const MOST_FRAMES = 300
/** Of so many connections, this part never proves who it is. */
const STRANGERS = 0.15
const CARE_WITHIN_MS = 30_000

/** Frames of hostile hosts and strangers against a real controller; a well-behaved agent must not notice. */
export const framesUp: OpenTarget = async ({ folder, random }) => {
  const stack = new AsyncDisposableStack()
  const controller = stack.use(
    await startController({ dataFolder: join(folder, 'controller'), port: 0, logLevel: 'silent' }),
  )
  const { gateway, store } = controller
  const { clientId } = await store.clients.first()
  const hosts: { hostId: string; key: KeyObject }[] = []
  for (let number = 0; number < HOSTS; number += 1) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const hostId = `h-${number.toString(16).padStart(24, '0')}`
    const raw = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url').toString('base64')
    const about = { hostId, clientId, name: `hostile-${number}`, labels: {}, publicKey: raw, enrolledMs: 1 }
    await store.hosts.add({ ...about, state: number === 0 ? 'pending' : 'approved', lastSeenMs: null, inventory: null })
    hosts.push({ hostId, key: privateKey })
  }
  const place = join(folder, 'quiet')
  const quiet = stack.use(await realAgent(await enrolled(controller, controller.url, place), place))
  const { hostId } = quiet.identity
  await within('the well-behaved agent is linked', () => gateway.isOnline(hostId))
  let said = 0

  /** Its orders are answered and its facts stored, over the very same link. */
  const care = async () => {
    const command = `number-${said}`
    said += 1
    const event = { type: 'refused', runId: null, stepId: null, command, code: 'x', rule: '', reason: 'y' } as const
    await quiet.outbox.report(event)
    const stored = async () => ((await store.facts.cursor(hostId, quiet.outbox.epoch))?.seq ?? -1) >= said - 1
    await within('a fact of the well-behaved agent is stored', stored)
    const answer = await gateway.order(
      hostId,
      { name: 'prepare', steps: [], probes: [] },
      { expiresInMs: CARE_WITHIN_MS },
    )
    if (!answer.ok) throw new Error(`The well-behaved agent refused: ${answer.reason}`)
    const linked = quiet.log.filter((line) => line.startsWith('Linked to')).length
    if (linked !== 1) throw new Error(`The link of the well-behaved agent was made ${linked} times.`)
  }

  /** Each lane has hosts of its own: otherwise they would only replace each other. */
  const talk = async (lane: number): Promise<number> => {
    const host = await HostileHost.connect(controller.agentUrl, random)
    if (host === null) return 0
    const who = hosts[lane + AT_ONCE * random.below(HOSTS / AT_ONCE)]
    const proved = !random.chance(STRANGERS) && who !== undefined && (await host.prove(who.hostId, who.key))
    const frames = await host.say(proved ? MOST_FRAMES : 1)
    host.end()
    return frames
  }

  return {
    async some(count) {
      let done = 0
      const lane = async (_: unknown, number: number) => {
        while (done < count) {
          const frames = await talk(number)
          done += frames
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, lane))
      await care()
      return done
    },
    async settle() {
      await care()
      const health = await controller.app.inject({ url: '/healthz' })
      if (health.statusCode !== 200) throw new Error(`The controller is not well: ${health.statusCode}`)
      return `the well-behaved agent kept its one link; its ${said} facts were stored and its ${said} orders answered meanwhile`
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

async function within(what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  const until = performance.now() + CARE_WITHIN_MS
  while (!(await done())) {
    if (performance.now() > until) throw new Error(`Not within ${CARE_WITHIN_MS / 1000} s: ${what}.`)
    await sleep(5)
  }
}
