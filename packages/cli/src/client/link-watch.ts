/** What is reported of the link to the controller. */
export interface LinkListener {
  /** There has been no link since then, for long enough that a person should know. Told once for each loss. */
  lost?(sinceMs: number): void
  /** There is a link again, after `lost`. */
  back?(atMs: number): void
}

/** Notes when the link is lost, and reports it when it is not restored at once. */
export interface LinkWatch {
  /** The controller was heard. */
  heard(): void
  /** The link is gone, since then; a loss that is known already goes on. */
  gone(sinceMs: number): void
  /** When the controller was last heard; at first, when the watch began. */
  lastHeardMs(): number
  end(): void
}

/** Begins to watch. A loss that is shorter than `afterMs` is not reported. */
export function watchLink(listener: LinkListener, afterMs: number): LinkWatch {
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
