import { ChaosError, CloseCode } from '@chaos-lite/shared'
import { Bucket } from '../limits/index.ts'
import type { AgentLine, Ingested, StoredHost } from '../store/index.ts'
import { inSlices } from '../turn.ts'
import type { AgentSocket } from './agent-socket.ts'
import type { FactQuota } from './fact-quota.ts'
import type { Ingest } from './ports.ts'
import { readLines } from './read-lines.ts'

/** An agent sends a window of frames and waits for acknowledgements; this is far beyond any window. */
const MAX_WAITING_LINES = 20_000
/** One commit writes so much at the most: it holds the event loop meanwhile. */
const MAX_BATCH_LINES = 1_000
const MAX_BATCH_BYTES = 1024 * 1024
/** While the disk is full, the same facts are tried again this often; the link stays, so that stopping still works. */
const RETRY_MS = 1_000
/** Incidents are reported to the host's owner as well, but not one by one when there are thousands. */
const NOTICES = { perSecond: 0.1, burst: 3 }

interface PumpOptions {
  readonly host: Pick<StoredHost, 'hostId' | 'clientId'>
  readonly socket: AgentSocket
  readonly ingest: Ingest
  readonly quota: FactQuota
  readonly retryMs?: number
}

/** The lines of one or several frames, and their bytes. */
interface Portion {
  readonly facts: AgentLine[]
  bytes: number
}

/** Takes one link's facts to the store in order, in batches, and acknowledges what is committed. */
export class FactsPump {
  readonly #options: PumpOptions
  readonly #notices = new Bucket(NOTICES)
  /** Frames as they came, not looked at yet. */
  readonly #unread: (readonly string[])[] = []
  #waiting: Portion[] = []
  #lines = 0
  #bytes = 0
  #running = false

  constructor(options: PumpOptions) {
    this.#options = options
  }

  /** Takes the lines of one frame. A frame that is wrong closes the link, and nothing of it is stored. */
  take(lines: readonly string[]): void {
    const { socket, quota } = this.#options
    const bytes = bytesOf(lines)
    this.#unread.push(lines)
    this.#lines += lines.length
    this.#bytes += bytes
    const room = quota.wait(bytes, this.#bytes)
    if (room === 'too much' || this.#lines > MAX_WAITING_LINES) {
      socket.close(CloseCode.tooManyFrames, 'facts wait to be stored')
    } else if (room === 'no room') {
      socket.close(CloseCode.tryLater, 'facts of many hosts wait to be stored')
    }
    if (!this.#running) void this.#run()
  }

  /** Stores what waits until nothing does, or until the link is closed: then the agent sends the rest again. */
  async #run(): Promise<void> {
    this.#running = true
    const { socket } = this.#options
    while (this.#unread.length > 0 || this.#waiting.length > 0) {
      await this.#read()
      await this.#untilAllowed()
      if (!socket.open) {
        this.#done({ facts: [], bytes: this.#bytes })
        this.#waiting = []
        this.#unread.length = 0
        break
      }
      const batch = this.#next()
      await this.#store(batch)
      this.#done(batch)
    }
    this.#running = false
  }

  /** Checks frames until there is enough for a batch. Others have their turn between lines. */
  async #read(): Promise<void> {
    const pause = inSlices()
    let ready = this.#waiting.reduce((sum, { facts }) => sum + facts.length, 0)
    while (ready < MAX_BATCH_LINES && this.#options.socket.open) {
      const lines = this.#unread.shift()
      if (lines === undefined) return
      const facts: AgentLine[] = []
      try {
        for (const fact of readLines(lines)) {
          facts.push(fact)
          await pause()
        }
      } catch (error) {
        this.#refuse(error)
        return
      }
      ready += facts.length
      this.#waiting.push({ facts, bytes: bytesOf(lines) })
    }
  }

  async #store({ facts, bytes }: Portion): Promise<void> {
    const { socket, host, ingest, quota } = this.#options
    quota.spend(host.hostId, bytes)
    try {
      const ingested = await this.#untilStored(() => ingest(host, facts))
      if (ingested === null) return
      socket.send({ type: 'ack', cursor: ingested.cursor })
      for (const { reason } of ingested.incidents) {
        if (!this.#notices.take()) break
        socket.send({
          type: 'notice',
          message: `The controller keeps an incident about this host. ${reason}`.slice(0, 300),
        })
      }
    } catch (error) {
      // The lines were in order: whatever goes wrong from there on is this controller's own trouble.
      socket.log.error({ err: error }, 'facts could not be stored')
      socket.close(CloseCode.internal)
    }
  }

  #done({ facts, bytes }: Portion): void {
    this.#lines -= facts.length
    this.#bytes -= bytes
    this.#options.quota.waited(bytes)
  }

  /** Frames that continue each other are stored together. */
  #next(): Portion {
    const batch: Portion = { facts: [], bytes: 0 }
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const [last, first] = [batch.facts.at(-1), next.facts[0]]
      const continues = last === undefined || (last.epoch === first?.epoch && first.prev === last.digest)
      const room =
        batch.facts.length + next.facts.length <= MAX_BATCH_LINES && batch.bytes + next.bytes <= MAX_BATCH_BYTES
      if (last !== undefined && !(continues && room)) break
      batch.facts.push(...next.facts)
      batch.bytes += next.bytes
      this.#waiting.shift()
    }
    return batch
  }

  /** A host that sends more than its quota is acknowledged later, and so sends later. */
  async #untilAllowed(): Promise<void> {
    const { socket, quota, host } = this.#options
    for (let delayMs = quota.delayMs(host.hostId); delayMs > 0 && socket.open; delayMs = quota.delayMs(host.hostId)) {
      await pause(Math.min(delayMs, RETRY_MS))
    }
  }

  async #untilStored<T extends Pick<Ingested, 'cursor' | 'incidents'>>(store: () => Promise<T>): Promise<T | null> {
    while (this.#options.socket.open) {
      try {
        return await store()
      } catch (error) {
        if (!(error instanceof ChaosError) || error.code !== 'storage-full') throw error
        this.#options.socket.log.error({ err: error }, 'facts are not acknowledged: they cannot be stored now')
        await pause(this.#options.retryMs ?? RETRY_MS)
      }
    }
    return null
  }

  /** Lines that could not be read. */
  #refuse(error: unknown): void {
    const { socket } = this.#options
    if (error instanceof ChaosError && error.code === 'request-invalid') {
      socket.close(CloseCode.malformedFrame, error.message)
      return
    }
    if (error instanceof ChaosError && error.code === 'wrong-state') {
      socket.close(CloseCode.outOfOrder, error.message)
      return
    }
    socket.log.error({ err: error }, 'facts could not be read')
    socket.close(CloseCode.internal)
  }
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
