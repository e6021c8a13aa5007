import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chaosRun } from './chaos-run.ts'

/** `npm run rough-network -- [--agents N] [--facts N] [--seed N]`: 200 agents and 1,000 facts each by default. */
const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '200' },
    facts: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-wire-'))
const seed = Number(values.seed)
process.stdout.write(`seed ${seed}\n`)
const outcome = await chaosRun({
  ...{ folder, seed, agents: Number(values.agents), facts: Number(values.facts), withinMs: 480_000 },
  say: (sentence) => process.stderr.write(`  ${sentence}\n`),
}).finally(() => rm(folder, { recursive: true, force: true }))
process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`)
process.exit(outcome.lost + outcome.doubled + outcome.incidents === 0 ? 0 : 1)
