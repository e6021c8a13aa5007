import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzz, targets } from './fuzz.ts'

/** `npm run fuzz -- [TARGET …] [--count N] [--seed N]`: each target gets `count` cases (default: 10,000). */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const unknown = positionals.find((name) => !(name in targets))
if (unknown !== undefined) {
  process.stderr.write(`There is nothing called "${unknown}" to fuzz. There are: ${Object.keys(targets).join(', ')}.\n`)
  process.exit(2)
}
let crashes = 0
const crashed = (error: unknown) => {
  crashes += 1
  process.stderr.write(`CRASH: ${error instanceof Error ? error.stack : String(error)}\n`)
}
process.on('uncaughtException', crashed)
process.on('unhandledRejection', crashed)
for (const name of positionals.length === 0 ? Object.keys(targets) : positionals) {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-fuzz-'))
  const say = (sentence: string) => process.stderr.write(`  ${name}: ${sentence}\n`)
  try {
    const outcome = await fuzz(name, { folder, count: Number(values.count), seed: Number(values.seed), say })
    process.stdout.write(`${JSON.stringify({ ...outcome, crashes })}\n`)
  } catch (error) {
    process.stdout.write(`${name} --seed ${values.seed}: BROKEN: ${error instanceof Error ? error.stack : error}\n`)
    crashes += 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
process.exit(crashes === 0 ? 0 : 1)
