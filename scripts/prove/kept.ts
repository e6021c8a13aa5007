import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { root } from '../build/places.ts'
import { matrixPage } from './page.ts'
import { Tally } from './tally.ts'

export const PAGE = join(root, 'docs/reference/restoration-matrix.md')
/** What the page is made from, so that a later call can add to it. */
export const COUNTS = join(root, 'docs/reference/restoration-matrix.json')

export const Tallies = z.array(Tally)

/** Reads counts as a call wrote them. @throws ZodError when a file holds something else */
export async function readTallies(files: readonly string[]): Promise<Tally[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return texts.flatMap((text) => {
    const found: unknown = JSON.parse(text)
    return Tallies.parse(Array.isArray(found) ? found : [found])
  })
}

/** Those of the page that were counted of the very same program as these, and these. */
export async function withKept(tallies: readonly Tally[]): Promise<Tally[]> {
  return sameProgram(await readTallies([COUNTS]), tallies)
}

/** Counts of another program prove nothing of this one: they go. */
export function sameProgram(kept: readonly Tally[], fresh: readonly Tally[]): Tally[] {
  return [...kept.filter((one) => fresh.every(({ program }) => program === one.program)), ...fresh]
}

/** Writes the page, and what it is made from. */
export async function writeMatrix(tallies: readonly Tally[]): Promise<void> {
  await writeFile(COUNTS, `${JSON.stringify(tallies, null, 1)}\n`)
  await writeFile(PAGE, matrixPage(tallies))
}
