import { join } from 'node:path'
import { type Controller, startController } from '@chaos-lite/controller'
import type { SourcedFact } from '@chaos-lite/shared'
import type { Bench, Measured, Row } from '../bench.ts'
import { startBenchHosts } from '../hosts/bench-hosts.ts'
import { DRILLS } from '../hosts/drills.ts'
import { watch } from '../hosts/watcher.ts'
import { median, monoMs, ms, percentile } from '../statistics.ts'
import { type BegunRun, beginRun } from './begin-run.ts'
import { flappingPort } from './flapping-port.ts'

const INJECTS = 120
/** As between the steps of a drill: the host is left alone, and the safety timer's process gets ready. */
const PAUSE_MS = 600
const INJECT_P99_MS = 50
const WATCHER_P99_MS = 100

/** How long orders take to be carried out, and facts to be seen: a real controller, a real agent, a real watcher. */
export const latency: Bench = {
  name: 'latency',
  title: 'Orders down, facts up',
  async run({ folder, say }) {
    const options = { dataFolder: join(folder, 'controller'), drillsFolder: DRILLS, port: 0, logLevel: 'warn' } as const
    await using controller = await startController(options)
    await using fleet = await startBenchHosts({ controller, folder, count: 1 })
    await using port = await flappingPort()
    const hostId = fleet.hosts[0]?.hostId ?? ''
    const run = await beginRun(controller, hostId, port.port)
    const seenMs: number[] = []
    const injectedMono: number[] = []
    const onFact = (fact: SourcedFact, nowMonoMs: number) => {
      if (fact.source !== 'agent') return
      seenMs.push(nowMonoMs - measuredMonoMs(fact))
      if (fact.fact.event.type === 'inject.injected') injectedMono.push(fact.fact.event.endedMonoMs)
    }
    using _watcher = await watch(controller, run.runId, onFact)
    say('one failure after the other')
    const { sentMono, answeredMs } = await injectAgainAndAgain(controller, run)
    await settled(() => injectedMono.length >= INJECTS)
    const injectedMs = injectedMono.map((endedMono, index) => endedMono - (sentMono[index] ?? 0))
    return report(injectedMs, answeredMs, seenMs)
  },
}

const WHY_LONGER =
  'Why longer than asked for: an inject waits for about a dozen syncs of the disk, one after the other where the order is what makes it safe; whatever else the machine does at the time comes on top.'

/** When an agent's fact was measured, on the monotonic clock that it shares with us here. */
function measuredMonoMs({ fact }: SourcedFact): number {
  const { event } = fact
  if (event.type === 'probe.changed') return event.firstSeenMonoMs
  if (event.type === 'inject.injected') return event.endedMonoMs
  if (event.type === 'revert.begun' || event.type === 'revert.ended') return event.monoMs
  return fact.at.monoMs
}

async function injectAgainAndAgain({ gateway }: Controller, run: BegunRun) {
  const sentMono: number[] = []
  const answeredMs: number[] = []
  for (let round = 0; round < INJECTS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    await run.plan()
    await run.open()
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const sent = monoMs()
    const answer = await gateway.order(run.hostId, run.inject, { expiresInMs: 20_000 })
    answeredMs.push(monoMs() - sent)
    if (!answer.ok) throw new Error(`The failure was refused: ${answer.reason}`)
    sentMono.push(sent)
    await gateway.order(run.hostId, run.revert, { expiresInMs: 20_000 })
  }
  return { sentMono, answeredMs }
}

async function settled(done: () => boolean): Promise<void> {
  for (let waitedMs = 0; !done() && waitedMs < 10_000; waitedMs += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function report(injectedMs: readonly number[], answeredMs: readonly number[], seenMs: readonly number[]): Measured {
  const row = (what: string, values: readonly number[], atMostMs: number | null): Row => {
    const p99 = percentile(values, 0.99)
    const target = atMostMs === null ? '-' : `p99 at most ${atMostMs} ms`
    const ours = `median ${ms(median(values))}, p99 ${ms(p99)}`
    return {
      what,
      ours,
      against: '-',
      result: `p99 ${ms(p99)}`,
      target,
      met: atMostMs === null ? null : p99 <= atMostMs,
    }
  }
  return {
    rows: [
      row('Command sent → injected', injectedMs, INJECT_P99_MS),
      row('Command sent → answered, with the journal marked and the fact stored', answeredMs, null),
      row('Fact measured → visible to a watcher', seenMs, WATCHER_P99_MS),
    ],
    notes: [
      `${injectedMs.length} times \`hosts.override\` on one host, through the real gateway to a real agent in a process and a mount namespace of its own, over loopback; until the failure is in place and verified, every journal entry and fact before it on disk. Before each the plan is made and the run opened, as in every drill: the host has been looked at, and the safety timer's process started, ${PAUSE_MS} ms before.`,
      `${seenMs.length} facts of that run (probe changes, failures started and rolled back), from the instant that the agent measured until a watcher of the live stream has the frame parsed. In between lie the agent's outbox (on disk), the link, the store (committed with full sync) and the reducer.`,
      'All clocks are the one monotonic clock of this machine.',
      ...(percentile(injectedMs, 0.99) <= INJECT_P99_MS ? [] : [WHY_LONGER]),
    ],
  }
}
