/** Who is notified when the live stream of the controller is lost. */
export interface StreamListener {
  /** There has been no stream since then, for long enough that a person should know. Reported once for each loss. */
  lost?(sinceMs: number): void
  /** There is a stream again, after `lost`. */
  back?(atMs: number): void
}

/** Notes when the stream is lost, and reports it when it is not restored at once. */
export interface StreamWatch {
  /** The controller was heard. */
  heard(): void
  /** The stream is gone, since then; a loss that is known already goes on. */
  gone(sinceMs: number): void
  /** When the controller was last heard; at first, when the watch began. */
  lastHeardMs(): number
  end(): void
}

/** Begins to watch. A loss that is shorter than `afterMs` is not reported. */
export function watchStream(listener: StreamListener, afterMs: number): StreamWatch {
  let lastHeardMs = Date.now()
  let reported = false
  let timer: NodeJS.Timeout | null = null
  const clear = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  return {
    heard() {
      clear()
      lastHeardMs = Date.now()
      if (reported) listener.back?.(lastHeardMs)
      reported = false
    },
    gone(sinceMs) {
      if (reported || timer !== null) return
      timer = setTimeout(
        () => {
          timer = null
          reported = true
          listener.lost?.(sinceMs)
        },
        Math.max(0, sinceMs + afterMs - Date.now()),
      )
    },
    lastHeardMs: () => lastHeardMs,
    end: clear,
  }
}
