import { type Api, connectApi, readSession } from '../client/index.ts'
import { jsonText } from '../printable.ts'
import type { Terminal } from '../terminal.ts'

/** What a command works with. `json` asks for output that programs read. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly json: boolean
  /** Ends on Ctrl-C. */
  readonly signal: AbortSignal
  api(): Promise<Api>
}

/** The API is connected at its first use: commands that need no controller run without a session. */
export function contextOf(terminal: Terminal, json: boolean, signal: AbortSignal): CommandContext {
  let api: Promise<Api> | null = null
  return {
    terminal,
    json,
    signal,
    api: () => {
      api ??= readSession().then(connectApi)
      return api
    },
  }
}

/** Prints a value for programs, or text for people. */
export function answer({ terminal, json }: CommandContext, value: unknown, text: () => string): void {
  terminal.out(json ? jsonText(value) : text())
}
