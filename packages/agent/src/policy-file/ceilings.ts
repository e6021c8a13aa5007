import * as z from 'zod'
import type { CeilingName, PolicyQuestion } from '../policy/index.ts'

function share(usual: number, meaning: string) {
  return z.int().min(1).max(100).default(usual).describe(`${meaning}; ${usual} unless told`)
}

/** How far loads may go. The agent has hard limits of its own; these are the owner's. */
export const ceilingFields = {
  cpuAtMost: share(50, 'The share of each processor, in per cent, that a load may take'),
  memoryKeepFree: share(20, 'The share of the memory, in per cent, that a load must leave available'),
  diskKeepFree: share(10, 'The share of a file system, in per cent, that must stay free when it is filled'),
  ioAtMost: z.int().min(1).max(1000).default(20).describe('MiB per second that a load may write; 20 unless told'),
} satisfies Record<CeilingName, z.ZodType>

const words: Readonly<Record<CeilingName, { readonly asks: (value: string) => string; readonly least: boolean }>> = {
  cpuAtMost: { asks: (value) => `a load of ${value} % of each processor`, least: false },
  memoryKeepFree: { asks: (value) => `leaving only ${value} % of the memory`, least: true },
  diskKeepFree: { asks: (value) => `leaving only ${value} % of a file system free`, least: true },
  ioAtMost: { asks: (value) => `writing ${value} MiB per second`, least: false },
}

/** What the file says to one question about a number. `asked` is null when no line could ever allow it. */
export interface CeilingRuling {
  readonly name: CeilingName
  readonly allowed: boolean
  readonly asked: number | null
  readonly thing: string
}

/** Null for a question about a name, which is none about a number. */
export function ceilingOf(
  file: Readonly<Record<CeilingName, number>>,
  { kind, value }: PolicyQuestion,
): CeilingRuling | null {
  if (!Object.hasOwn(ceilingFields, kind)) return null
  const name = kind as CeilingName
  const { asks, least } = words[name]
  const asked = /^\d{1,4}$/.test(value) ? ceilingFields[name].safeParse(Number(value)) : null
  if (asked?.success !== true) return { name, allowed: false, asked: null, thing: `the ${name} ${value}` }
  const allowed = least ? asked.data >= file[name] : asked.data <= file[name]
  const limit = least ? `at least ${file[name]}` : `at most ${file[name]}`
  return { name, allowed, asked: asked.data, thing: `${asks(value)} (${limit})` }
}

/** Of two numbers the one that allows more: a line that is suggested must do for both. */
export function wider(name: CeilingName, a: number, b: number | null): number {
  if (b === null) return a
  return words[name].least ? Math.min(a, b) : Math.max(a, b)
}
