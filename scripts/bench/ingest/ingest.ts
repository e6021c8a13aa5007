import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bench } from '../bench.ts'
import { median, times } from '../statistics.ts'

const LINKS = 8
const WARM_UP_PER_LINK = 2_000
const FACTS_PER_LINK = 10_000
/** As an agent sends what gathered while it was offline. */
const PER_FRAME = 100
const WINDOW_FACTS = 2_000
const ROUNDS = 15
const AT_LEAST = 0.5

/** Facts from the link to the disk and back as an acknowledgement. */
export const ingest: Bench = {
  name: 'ingest',
  title: 'Durable ingest',
  async run({ folder, say }) {
    const ours: number[] = []
    const bare: number[] = []
    for (let round = 1; round <= ROUNDS; round += 1) {
      const [a, b] = [
        await perSecond('controller-server.ts', join(folder, `controller-${round}`)),
        await perSecond('bare-server.ts', join(folder, `bare-${round}`)),
      ]
      say(`round ${round}: ${a.toFixed(0)} and ${b.toFixed(0)} facts a second`)
      ours.push(a)
      bare.push(b)
    }
    // Round by round: what else the machine did then met both.
    const ratio = median(ours.map((one, round) => one / (bare[round] ?? Number.NaN)))
    return {
      rows: [
        {
          what: 'Durable ingest: link, validated, committed with full sync, acknowledged',
          ours: `${median(ours).toFixed(0)} facts/s`,
          against: `bare loop: ${median(bare).toFixed(0)} facts/s`,
          result: times(ratio),
          target: `at least ${AT_LEAST} ×`,
          met: ratio >= AT_LEAST,
        },
      ],
      notes: [
        `${LINKS} links send ${FACTS_PER_LINK} facts each, ${PER_FRAME} to a frame and at most ${WINDOW_FACTS} unacknowledged, as agents do after they were offline; before that ${WARM_UP_PER_LINK} each that do not count. Medians of ${ROUNDS} rounds in turn, the result being the median of the rounds' ratios, each server fresh and in a process of its own, the load in a third.`,
        'The controller checks every frame and every fact against its schema, hashes it, follows the chain, and inserts it with its indexes; the bare loop is `ws`, `JSON.parse` of frame and facts, and better-sqlite3 inserts of epoch, number and text. Both commit once for all that arrived in a turn of the event loop, in WAL mode with `synchronous = FULL`, and acknowledge after it.',
        ...(ratio >= AT_LEAST ? [] : [WHY_LESS]),
      ],
    }
  },
}

const WHY_LESS =
  'Why less than asked for: with a disk as quick as this one the processor decides. Per fact, the schema, the digest and the chain cost about as much as the whole bare loop, and the wider row with its indexes as much again.'

async function perSecond(server: string, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const main = fileURLToPath(new URL(server, import.meta.url))
  const child = spawn(process.execPath, [main, folder, String(LINKS)], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    let said = ''
    while (!said.endsWith('\n')) said += String((await once(child.stdout, 'data'))[0])
    const shape = {
      links: LINKS,
      warmUpFacts: WARM_UP_PER_LINK,
      facts: FACTS_PER_LINK,
      perFrame: PER_FRAME,
      windowFacts: WINDOW_FACTS,
    }
    const load = fileURLToPath(new URL('load.ts', import.meta.url))
    const argv = [load, JSON.stringify({ ...JSON.parse(said), ...shape })]
    const { stdout } = await promisify(execFile)(process.execPath, argv)
    return (LINKS * FACTS_PER_LINK) / (Number(stdout) / 1_000)
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
    // What the kernel still has to write of this round would slow the next ones down, whoever's they are.
    await rm(folder, { recursive: true, force: true })
  }
}
