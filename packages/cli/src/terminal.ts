import { styleText } from 'node:util'
import { printable } from './printable.ts'

/** Where output goes, made safe for terminals. Commands never touch `process.stdout` themselves. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** A person is watching: the display may be redrawn. */
  readonly live: boolean
  readonly columns: number
  style(format: Style, text: string): string
}

/** How a piece of text stands out; without colours, none of these changes it. */
export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold'

/** The terminal of this process. Colours are left out where there is none, or NO_COLOR is set. */
export function processTerminal(): Terminal {
  const live = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  return {
    out: (text) => void process.stdout.write(`${printable(text)}\n`),
    err: (text) => void process.stderr.write(`${printable(text)}\n`),
    live,
    columns: Math.min(process.stdout.columns ?? 100, 160),
    style: (format, text) => styleText(format, text, { stream: process.stdout }),
  }
}
