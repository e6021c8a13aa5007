import { ChaosError, CloseCode, type Cursor } from '@chaos-lite/shared'
import type { Ingest } from '../services/ingest.ts'
import { readLines } from '../services/ingest.ts'
import type { AgentLine, StoredHost } from '../store/store.ts'
import type { AgentSocket } from './agent-socket.ts'

/** An agent sends a window of frames and waits for acknowledgements; this is far beyond any window. */
const MAX_WAITING_LINES = 20_000
const MAX_BATCH_LINES = 5_000
/** While the disk is full, the same facts are tried again this often; the link stays, so that stopping still works. */
const RETRY_MS = 1_000

interface PumpOptions {
  readonly host: Pick<StoredHost, 'hostId' | 'clientId'>
  readonly socket: AgentSocket
  readonly ingest: Ingest
  readonly retryMs?: number
}

/** Takes one link's facts to the store in order, in batches, and acknowledges what is committed. */
export class FactsPump {
  readonly #options: PumpOptions
  readonly #waiting: AgentLine[][] = []
  #lines = 0
  #running = false

  constructor(options: PumpOptions) {
    this.#options = options
  }

  /** Takes the lines of one frame. A frame that is wrong closes the link, and nothing of it is stored. */
  take(lines: readonly string[]): void {
    const { socket } = this.#options
    try {
      const facts = readLines(lines)
      this.#waiting.push(facts)
      this.#lines += facts.length
    } catch (error) {
      this.#refuse(error)
      return
    }
    if (this.#lines > MAX_WAITING_LINES) {
      socket.close(CloseCode.tooManyFrames, 'facts wait to be stored')
      return
    }
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    const { socket, host, ingest } = this.#options
    for (let batch = this.#next(); batch.length > 0 && socket.open; batch = this.#next()) {
      try {
        const cursor = await this.#untilStored(() => ingest(host, batch))
        if (cursor) socket.send({ type: 'ack', cursor })
      } catch (error) {
        this.#refuse(error)
      }
      this.#lines -= batch.length
    }
    this.#running = false
  }

  /** Frames that continue each other are stored together. */
  #next(): AgentLine[] {
    const batch = [...(this.#waiting.shift() ?? [])]
    for (let frame = this.#waiting[0]; frame; frame = this.#waiting[0]) {
      const [last, first] = [batch.at(-1), frame[0]]
      const continues = last?.epoch === first?.epoch && first?.prev === last?.digest
      if (!continues || batch.length + frame.length > MAX_BATCH_LINES) break
      batch.push(...frame)
      this.#waiting.shift()
    }
    return batch
  }

  async #untilStored(store: () => Promise<Cursor>): Promise<Cursor | null> {
    while (this.#options.socket.open) {
      try {
        return await store()
      } catch (error) {
        if (!(error instanceof ChaosError) || error.code !== 'storage-full') throw error
        this.#options.socket.log.error({ err: error }, 'facts are not acknowledged: there is no room')
        await new Promise((resolve) => setTimeout(resolve, this.#options.retryMs ?? RETRY_MS).unref())
      }
    }
    return null
  }

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
    socket.log.error({ err: error }, 'facts could not be stored')
    socket.close(CloseCode.internal)
  }
}
