import type { ProcessIdentity } from './process.ts'

/** What a load process does until it is ended. */
export type LoadWork =
  | { readonly kind: 'cpu'; readonly cores: number; readonly percent: number }
  | { readonly kind: 'memory'; readonly leaveBytes: number; readonly mostBytes: number | null }
  | { readonly kind: 'io'; readonly path: string; readonly bytesPerSecond: number; readonly fileBytes: number }

/** What a load process gets: the marker in its environment, the rest on its standard input. */
export interface LoadOrder {
  /** Known before it begins, and nobody else's: by it the process is found again, whoever looks. */
  readonly marker: string
  /** It ends by itself after this time, whatever becomes of anybody. */
  readonly lastsMs: number
  readonly work: LoadWork
}

/** The memory of the host. Where a control group bounds the agent, `availableBytes` is what that leaves. */
export interface MemoryRoom {
  readonly totalBytes: number
  /** What programs could still take without swapping, as the kernel estimates it. */
  readonly availableBytes: number
}

/**
 * Loads in processes of our own: of the lowest priority, the first to be killed when memory runs out, and gone as soon
 * as this process is.
 */
export interface Loads {
  /** Returns when it is under way. Throws `tool-failed` when it does not start, or cannot do its work. */
  start(order: LoadOrder, signal: AbortSignal): Promise<void>
  /** Those with this marker, whichever agent started them. */
  running(marker: string): Promise<readonly ProcessIdentity[]>
  /** Ends them and waits until they are gone. Throws `timed-out` when one is not. */
  end(marker: string): Promise<void>
  memory(): Promise<MemoryRoom>
  /** How busy the processors are, in per cent of all of them, seen for so long. */
  busyPercent(windowMs: number): Promise<number>
  /** Bytes written to the disk that holds this path since the host was started; null where that is not counted. */
  writtenBytes(path: string): Promise<number | null>
  readonly cores: number
}
