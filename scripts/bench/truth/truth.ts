import { setTimeout as sleep } from 'node:timers/promises'
import { linuxHost } from '../../../packages/agent/src/host/linux/index.ts'
import { loadPolicy } from '../../../packages/agent/src/policy-file/index.ts'
import { startSampler } from '../../../packages/agent/src/probes/index.ts'
import type { Bench, Row } from '../bench.ts'
import { median } from '../statistics.ts'
import { ofRun, statedOutage } from './facts.ts'
import { type OutageMaker, startOutageMaker } from './maker.ts'

const LENGTHS_MS = [500, 2_000, 10_000] as const
const RUNS = 100
/** Of each length so many at once; more would measure how busy this machine is. */
const AT_ONCE = 20
const AT_LEAST_PERCENT = 95

const host = linuxHost({ own: { paths: [], names: [] } })
const policy = loadPolicy('/nonexistent/policy.yaml')
const local = { credential: async () => null, repository: async () => null }

interface One {
  readonly trueMs: number
  readonly valueMs: number
  readonly uMs: number
  readonly isWithinU: boolean
  readonly isWithinBounds: boolean
}

/** Outages whose length is known: how often is the stated value ± U right? */
export const truth: Bench = {
  name: 'truth',
  title: 'The truth of timings',
  async run({ say }) {
    using maker = startOutageMaker()
    const runs = new Map<number, One[]>(LENGTHS_MS.map((lengthMs) => [lengthMs, []]))
    await Promise.all(
      LENGTHS_MS.map(async (lengthMs, which) => {
        for (let done = 0; done < RUNS; done += AT_ONCE) {
          const batch = Array.from({ length: AT_ONCE }, (_, at) =>
            oneOutage(maker, lengthMs, everyMsOf(done + at, which)),
          )
          runs.get(lengthMs)?.push(...(await Promise.all(batch)))
        }
        say(`${RUNS} outages of ${lengthMs / 1000} s`)
      }),
    )
    const rows = LENGTHS_MS.map((lengthMs) => rowOf(`${lengthMs / 1000} s`, runs.get(lengthMs) ?? [], null))
    const all = [...runs.values()].flat()
    const outside = all.filter((one) => !one.isWithinBounds).length
    return {
      rows: [...rows, rowOf('all of these lengths', all, AT_LEAST_PERCENT)],
      notes: [
        `${RUNS} outages of each length, made by another process: it closes a port and opens it again, and reads the monotonic clock at both instants.`,
        "The agent's own sampler asks the port with the `tcp` probe, every 50 to 250 ms (each run another interval, begun at another phase); its facts go through the reducer that every screen and report uses, and what that states as `outage` is compared with the truth.",
        `U is the expanded uncertainty with k = 2, so a few in a hundred may lie outside. The certain bounds that the record carries beside U were wrong in ${outside} of ${all.length}.`,
      ],
    }
  },
}

/** Intervals all over the range, no two runs of one length with the same. */
function everyMsOf(run: number, which: number): number {
  return 50 + ((run * 2 + which) % 201)
}

async function oneOutage(maker: OutageMaker, lengthMs: number, everyMs: number): Promise<One> {
  const settleMs = 400 + Math.random() * 600
  const { port, trueMs } = await maker.make({ startAfterMs: settleMs, lengthMs })
  const heard: Parameters<typeof statedOutage>[2][number][] = []
  const ending = new AbortController()
  const sampler = startSampler({
    order: { probe: 'tcp', params: { host: '127.0.0.1', port }, everyMs, expect: null },
    // As an effect that the agent itself looks for: its own port needs no line of a policy then.
    ...{ host, policy, local, ownEffect: true, signal: ending.signal },
    onSample: () => undefined,
    onChange: (change) => {
      heard.push({ monoMs: host.clock.monoMs(), event: { type: 'probe.changed', ...ofRun, ...change } })
    },
  })
  const known = await trueMs
  await sleep(2 * everyMs + 300)
  const counts = await sampler.stop()
  heard.push({ monoMs: host.clock.monoMs(), event: { type: 'probe.ended', ...ofRun, ...counts } })
  const stated = statedOutage(host.clock.bootId, everyMs, heard)
  if (stated === null) throw new Error('The reducer stated no outage.')
  const { valueMs, uMs, lowMs, highMs } = stated
  return {
    ...{ trueMs: known, valueMs, uMs },
    isWithinU: Math.abs(known - valueMs) <= uMs,
    isWithinBounds: lowMs <= known && known <= highMs,
  }
}

function rowOf(which: string, runs: readonly One[], atLeastPercent: number | null): Row {
  const inside = runs.filter((one) => one.isWithinU).length
  const percent = (100 * inside) / runs.length
  return {
    what: `Outages of ${which}: the true length lies inside value ± U`,
    ours: `median U ${median(runs.map(({ uMs }) => uMs))} ms`,
    against: 'the true length',
    result: `${inside} of ${runs.length}`,
    target: atLeastPercent === null ? '-' : `at least ${atLeastPercent} %`,
    met: atLeastPercent === null ? null : percent >= atLeastPercent,
  }
}
