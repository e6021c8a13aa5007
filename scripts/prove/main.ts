// `npm run prove`: strikes the unchanged agent at its system calls, and looks whether the host comes back.
import { writeFile } from 'node:fs/promises'
import { aboutRun } from './about.ts'
import { provedNamed } from './actions.ts'
import { proofObstacle } from './available.ts'
import { readTallies, withKept, writeMatrix } from './kept.ts'
import { installationMedia } from './lab/build.ts'
import { LabWorld } from './lab/world.ts'
import { makeBundles } from './namespace/bundles.ts'
import { NamespaceWorld } from './namespace/world.ts'
import { type Options, readOptions } from './options.ts'
import type { Finding } from './perform.ts'
import { freshSeed } from './random.ts'
import { replay, runOrder } from './run.ts'
import type { Schedule } from './schedule.ts'
import { Counter, type Tally } from './tally.ts'
import type { World } from './world.ts'
import { ordersObstacle } from './write-orders/available.ts'
import { proveOrders, replayState } from './write-orders/prove.ts'

/** The whole proof: see the help. */
const WHOLE = { namespace: 10_000, lab: 300 } as const
const SAY_EVERY_MS = 15_000

const say = (line: string) => void process.stderr.write(`${line}\n`)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())

type WorldName = Schedule['world']
type Opener = () => Promise<World>

async function opener(world: WorldName): Promise<Opener> {
  if (world === 'lab') {
    const media = await installationMedia()
    return async () => new LabWorld(media)
  }
  const bundles = await makeBundles()
  return () => NamespaceWorld.open(bundles)
}

async function proveWorld(world: WorldName, options: Options): Promise<Tally> {
  const seed = options.seed ?? freshSeed()
  const schedules = options.schedules ?? WHOLE[world]
  const { action = null, scenario = null, disk = null } = options
  say(`${world}: ${schedules} schedules from seed ${seed}`)
  const counter = new Counter()
  const began = performance.now()
  const about = { world, seed, run: await aboutRun(), began }
  const progress = setInterval(() => {
    say(`  ${counter.run + counter.missed}/${schedules}: ${brief(counter)}`)
    // Whatever ends a long run: what was counted until then is kept.
    if (options.out !== undefined) void writeFile(options.out, JSON.stringify(tallyOf(counter, about)))
  }, SAY_EVERY_MS)
  try {
    await runOrder({
      choice: { world, action, scenario, disk, scene: options.scene },
      seed,
      schedules,
      forMs: options.minutes * 60_000,
      jobs: options.jobs,
      openWorld: await opener(world),
      stop: stop.signal,
      onFailure: (at, thrown) => {
        counter.missed += 1
        say(`seed ${at} could not be run: ${String(thrown).slice(0, 1000)}`)
      },
      onFinding: (finding) => {
        counter.add(finding)
        if (finding.broken.length > 0) sayBroken(finding)
      },
    })
  } finally {
    clearInterval(progress)
  }
  say(`  ${brief(counter)}`)
  return tallyOf(counter, about)
}

interface About {
  readonly world: WorldName
  readonly seed: number
  readonly run: Awaited<ReturnType<typeof aboutRun>>
  readonly began: number
}

function tallyOf(counter: Counter, { world, seed, run, began }: About): Tally {
  return {
    ...run,
    seed,
    worlds: [world],
    disks: [...counter.disks].sort(),
    seconds: Math.round((performance.now() - began) / 1000),
    missed: counter.missed,
    cells: [...counter.cells],
    broken: counter.broken.map(({ schedule }) => JSON.stringify(schedule)),
  }
}

function brief({ run, missed, broken }: Counter): string {
  const changed = broken.filter(({ changed }) => changed).length
  return `${run} counted, ${missed} never struck, ${changed} hosts left changed, ${broken.length} promises broken`
}

function sayBroken(finding: Finding): void {
  say(`BROKEN seed ${finding.schedule.seed}: ${JSON.stringify(finding.schedule)}`)
  for (const sentence of finding.broken) say(`  ${sentence}`)
  for (const line of finding.log) say(`    ${line.slice(0, 800)}`)
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.from !== undefined) {
    await writeMatrix(await readTallies(options.from))
    return 0
  }
  if (options.add !== undefined) {
    await writeMatrix(await withKept(await readTallies(options.add)))
    return 0
  }
  if (options.action !== undefined) provedNamed(options.action)
  const isAboutOrders = options.world === 'orders' || options.state !== undefined
  const obstacle = isAboutOrders ? ordersObstacle() : proofObstacle()
  if (obstacle !== null) throw new Error(`${obstacle}.`)
  if (options.state !== undefined) return await replayState(options.state, say)
  if (options.schedule !== undefined) {
    const finding = await replay(await opener(options.schedule.world), options.schedule)
    for (const line of [...finding.log, ...finding.broken]) say(line)
    if (!finding.struck && finding.broken.length === 0) {
      say('The fault never came: nothing was proved.')
      return 2
    }
    say(`${finding.broken.length} promises broken`)
    return finding.broken.length === 0 ? 0 : 1
  }
  const { schedules, world, action, scenario, disk } = options
  const isWhole = [schedules, world, action, scenario, disk].every((one) => one === undefined)
  const worlds = isWhole ? (['namespace', 'lab', 'orders'] as const) : ([world ?? 'namespace'] as const)
  const tallies: Tally[] = []
  for (const world of worlds) {
    const asked = { options, say, stop: stop.signal }
    tallies.push(world === 'orders' ? await proveOrders(asked) : await proveWorld(world, options))
  }
  if (options.out !== undefined) await writeFile(options.out, JSON.stringify(tallies[0]))
  if (isWhole && !stop.signal.aborted) await writeMatrix(tallies)
  if (tallies.some(({ broken }) => broken.length > 0)) return 1
  // Nothing that was struck is nothing that was proved.
  return tallies.every(({ cells }) => cells.length > 0) ? 0 : 2
}

process.exitCode = await main().catch((thrown) => {
  say(`prove: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  return 2
})
