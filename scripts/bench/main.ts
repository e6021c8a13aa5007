import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dist, root } from '../build/places.ts'
import type { Bench } from './bench.ts'
import { benches } from './index.ts'
import { machine } from './machine.ts'
import { benchPage, printed } from './page.ts'
import { readTaken, replaced, type Taken, writeTaken } from './record.ts'

/**
 * `npm run bench`: all of them, and the page. `npm run bench -- NAME …`: only those, no page. `--rounds N`: fewer (or more) rounds,
 * where a bench counts them; no page. `--write`: the page all the same; what was measured before of other benches stays on
 * it, with the time of its run.
 */
const PAGE = 'docs/reference/benchmarks.md'
const RECORD = 'docs/reference/benchmarks.json'
const given = parseArgs({
  options: { rounds: { type: 'string' }, write: { type: 'boolean' } },
  allowPositionals: true,
})
const names = given.positionals
const rounds = given.values.rounds === undefined ? null : Number(given.values.rounds)
if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0)) {
  process.stderr.write('--rounds takes a whole number above 0.\n')
  process.exit(2)
}
const unknown = names.find((name) => !benches.some((bench) => bench.name === name))
if (unknown !== undefined) {
  process.stderr.write(`There is no bench "${unknown}". There are: ${benches.map(({ name }) => name).join(', ')}.\n`)
  process.exit(2)
}

const chosen = names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name))
const place = join(dist, 'bench')
// Read first: that it is damaged must not be found out after half an hour of measuring.
const before = await readTaken(join(root, RECORD))
const done: Omit<Taken, 'machine' | 'takenMs'>[] = []
let failed = false
for (const bench of chosen) {
  try {
    done.push(await measure(bench))
  } catch (error) {
    // What the others measured stays.
    failed = true
    process.stderr.write(`  ${bench.name}: ${error instanceof Error ? error.stack : String(error)}\n`)
  }
}
await mkdir(place, { recursive: true })
const about = await machine(place)
await rm(place, { recursive: true, force: true })
process.stdout.write(`\n${about.join('\n')}\n\n${printed(done)}\n`)
if (given.values.write === true || (names.length === 0 && rounds === null)) {
  const takenMs = Date.now()
  const now = done.map((one) => ({ ...one, machine: [...about], takenMs }))
  const all = benches.map(({ name }) => name)
  const taken = replaced(before, now, all)
  await writeTaken(join(root, RECORD), taken)
  await writeFile(join(root, PAGE), benchPage(taken, all))
  process.stdout.write(`\nwrote ${PAGE} and ${RECORD}\n`)
}
// Agents and controllers were stopped; nothing that they left behind may keep this process.
process.exit(failed ? 1 : 0)

async function measure(bench: Bench): Promise<(typeof done)[number]> {
  const folder = join(place, bench.name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const began = performance.now()
  const say = (sentence: string) => process.stderr.write(`  ${bench.name}: ${sentence}\n`)
  process.stderr.write(`${bench.title} …\n`)
  const measured = await bench.run({ folder, rounds, say })
  say(`took ${((performance.now() - began) / 1000).toFixed(0)} s`)
  await rm(folder, { recursive: true, force: true })
  return { name: bench.name, title: bench.title, rows: [...measured.rows], notes: [...measured.notes] }
}
