import { createInterface } from 'node:readline/promises'
import type { Terminal } from './world.ts'

/** Standard input and output of this process. Ctrl-C and SIGTERM abort `stop` once; a second one is not heard. */
export function processTerminal(): Terminal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(signal))
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stdout })
      try {
        const answer = await lines.question(`${question} [y/N] `, { signal: stop.signal })
        return /^y(es)?$/i.test(answer.trim())
      } catch {
        return false
      } finally {
        lines.close()
      }
    },
    stop: stop.signal,
  }
}
