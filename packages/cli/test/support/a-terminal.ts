import type { Terminal } from '../../src/terminal.ts'

/** A terminal that keeps what is written to it. */
export function aTerminal(): Terminal & { readonly written: { out: string[]; err: string[] } } {
  const written = { out: [] as string[], err: [] as string[] }
  return {
    written,
    out: (text) => void written.out.push(text),
    err: (text) => void written.err.push(text),
    ...{ live: false, columns: 100, style: (_, text) => text },
  }
}
