import { readFile, writeFile } from 'node:fs/promises'
import * as z from 'zod'

const Row = z.strictObject({
  what: z.string(),
  ours: z.string(),
  against: z.string(),
  result: z.string(),
  target: z.string(),
  met: z.boolean().nullable(),
})

/** One bench as it was measured, with the machine and the time of its run. */
const Taken = z.strictObject({
  name: z.string(),
  title: z.string(),
  rows: z.array(Row),
  notes: z.array(z.string()),
  machine: z.array(z.string()),
  takenMs: z.int(),
})
export type Taken = z.infer<typeof Taken>

/** What was measured last of each bench. Empty where there is no such file. @throws for a file of another form */
export async function readTaken(file: string): Promise<readonly Taken[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  return z.array(Taken).parse(JSON.parse(text))
}

export async function writeTaken(file: string, taken: readonly Taken[]): Promise<void> {
  await writeFile(file, `${JSON.stringify(taken, null, 2)}\n`)
}

/** What is measured now takes the place of what was measured before, bench by bench; in the order of `names`. */
export function replaced(before: readonly Taken[], now: readonly Taken[], names: readonly string[]): readonly Taken[] {
  const of = (name: string) => now.find((one) => one.name === name) ?? before.find((one) => one.name === name)
  return names.flatMap((name) => of(name) ?? [])
}
