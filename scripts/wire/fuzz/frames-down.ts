import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import { commandText, type Order } from '@chaos-lite/shared'
import { makeKey, publicKeyOf, signText } from '../../../packages/agent/src/identity/index.ts'
import { openCommandLog, RelayPort, startLink } from '../../../packages/agent/src/link/index.ts'
import { createOutbox } from '../../../packages/agent/src/outbox/index.ts'
import type { Random } from '../random.ts'
import { dutiesOf } from '../real-agent.ts'
import { HostileRelay, hostId } from './hostile-relay.ts'
import type { OpenTarget } from './target.ts'

/**
 * Frames of a hostile controller, and messages of a hostile relay, against the part of the agent that has the power: only
 * genuine commands of this session may be executed, each once, and only leases of this session may be handed on. After
 * each portion the next relay, which behaves well, must be served; and another agent in the same process keeps its link.
 */
export const framesDown: OpenTarget = async ({ folder, random }) => {
  const stack = new AsyncDisposableStack()
  const struck = stack.use(await rootPart(join(folder, 'struck'), random))
  const quiet = stack.use(await rootPart(join(folder, 'quiet'), random))
  const quietRelay = quiet.relay()
  stack.defer(() => quietRelay.end())
  let served = 0

  const talk = async (): Promise<number> => {
    const relay = struck.relay()
    try {
      if (!(await relay.prove(struck.greet))) return 1
      return await relay.say(struck.sign)
    } finally {
      await relay.end()
      struck.leases.sent += relay.leases
    }
  }
  const care = async () => {
    await quietRelay.care(quiet.sign)
    const relay = struck.relay()
    if (!(await relay.prove(struck.greet, false))) throw new Error('A well-behaved relay was not let in.')
    await relay.care(struck.sign)
    await relay.end()
    served += 1
  }
  const judge = () => {
    const { executed, genuine, leases } = struck
    if (executed.length > genuine.count)
      throw new Error(`${executed.length} orders were executed, of ${genuine.count} genuine ones.`)
    if (leases.heard > leases.sent)
      throw new Error(`${leases.heard} leases were handed on, of ${leases.sent} genuine ones.`)
    if (quiet.links() !== 1) throw new Error(`The link of the well-behaved agent was made ${quiet.links()} times.`)
  }
  if (!(await quietRelay.prove(quiet.greet, false))) throw new Error('The well-behaved agent has no link.')
  return {
    async some(count) {
      let done = 0
      while (done < count) {
        const frames = await talk()
        done += frames
      }
      await care()
      judge()
      return done
    },
    async settle() {
      judge()
      const { executed, genuine, leases } = struck
      const commands = `${genuine.count} genuine commands among them, ${executed.length} of them executed`
      const leased = `${leases.sent} genuine leases, ${leases.heard} of them handed on`
      return `${commands}; ${leased}; nothing else; the next relay was served each of ${served} times, and a well-behaved agent beside it kept its one link`
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The link, outbox and command log of a real agent, and relays that reach it. Time passes as fast as frames come. */
async function rootPart(folder: string, random: Random) {
  const [controllerKey, privateKey] = [makeKey(), makeKey()]
  const executed: Order[] = []
  const [genuine, leases] = [{ count: 0 }, { sent: 0, heard: 0 }]
  const log: string[] = []
  let nowMs = performance.now()
  const clock = { bootId: 'boot', monoMs: () => nowMs, wallMs: () => Date.now() }
  const outbox = createOutbox({ folder: join(folder, 'outbox'), clock })
  const commandLog = await openCommandLog(join(folder, 'commands.jsonl'))
  const stop = new AbortController()
  const port = new RelayPort({ monoMs: () => clock.monoMs(), log: () => undefined })
  const identity = { hostId, controllerKey: publicKeyOf(controllerKey), privateKey, caPem: null, labels: {} }
  const link = startLink({
    ...{ enrolment: 'fuzz', clock, outbox, commandLog, port, signal: stop.signal },
    identity: { ...identity, controllerUrl: 'https://c.example.test' },
    duties: {
      ...dutiesOf(executed),
      lease() {
        leases.heard += 1
      },
    },
    log: (level, message) => void (level === 'info' && log.length < 1_000 && log.push(message)),
  })
  return {
    ...{ executed, genuine, leases },
    links: () => log.filter((line) => line.startsWith('Linked to')).length,
    /** Signs as the controller. */
    greet: (text: string) => signText(text, controllerKey),
    sign: (payload: string, fresh: boolean) => {
      if (fresh) genuine.count += 1
      return signText(commandText(hostId, payload), controllerKey)
    },
    relay(): HostileRelay {
      // Far enough for whatever was punished before to be forgiven.
      nowMs += 10_000
      const [ours, theirs] = duplexPair()
      // As with a local socket: when one end is gone, so is the other.
      theirs.once('close', () => ours.destroy())
      ours.once('close', () => theirs.destroy())
      port.attach(theirs)
      // The budget of frames is tested elsewhere; here it would only cost time.
      return new HostileRelay(ours, random, () => {
        nowMs += 10
        return nowMs
      })
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await link.ended
      await commandLog.close()
      await outbox.close()
    },
  }
}
