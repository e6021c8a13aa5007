import { join } from 'node:path'
import { type Controller, startController } from '@chaos-lite/controller'
import type { Bench } from '../bench.ts'
import { type BenchHosts, startBenchHosts } from '../hosts/bench-hosts.ts'
import { DRILLS } from '../hosts/drills.ts'
import { versionOf } from '../machine.ts'
import { median, monoMs, ms, times } from '../statistics.ts'
import { ansibleMs } from './ansible.ts'

const HOSTS = 20
const ROUNDS = 3
const AT_LEAST = 20

/** Twenty hosts at once: edit, check, put back, check. */
export const fleet: Bench = {
  name: 'fleet',
  title: `${HOSTS} hosts at once`,
  async run({ folder, say }) {
    const ansibleVersion = await versionOf('ansible-playbook')
    const drillMs: number[] = []
    {
      const options = { dataFolder: join(folder, 'data'), drillsFolder: DRILLS, port: 0, logLevel: 'warn' } as const
      await using controller = await startController(options)
      say(`starting ${HOSTS} agents`)
      await using hosts = await startBenchHosts({ controller, folder: join(folder, 'hosts'), count: HOSTS })
      for (let round = 0; round <= ROUNDS; round += 1) {
        say(`drill ${round === 0 ? 'to warm up' : round}`)
        const tookMs = await drill(controller, hosts)
        if (round > 0) drillMs.push(tookMs)
      }
    }
    const playbookMs: number[] = []
    for (let round = 1; round <= ROUNDS; round += 1) {
      say(`playbook ${round}`)
      playbookMs.push(await ansibleMs(join(folder, `ansible-${round}`), HOSTS))
    }
    const ratio = median(playbookMs) / median(drillMs)
    return {
      rows: [
        {
          what: `${HOSTS} hosts drilled at once: edit, check, undo, check`,
          ours: ms(median(drillMs)),
          against: `ansible-playbook: ${ms(median(playbookMs))}`,
          result: `${times(ratio)} faster`,
          target: `at least ${AT_LEAST} × faster`,
          met: ratio >= AT_LEAST,
        },
      ],
      notes: [
        `A whole run of a drill on ${HOSTS} real agents, each in a process and a mount namespace of its own, all on this machine: planned, opened, baseline seen, name changed, seen changed through the resolver, put back, compared, seen back, verdict recorded. Median of ${ROUNDS}.`,
        `${ansibleVersion}: a playbook with the tasks edit, check, undo, check on ${HOSTS} inventory hosts with the local connection, a hosts file each, ${HOSTS} forks, pipelining on, no facts gathered. Median of ${ROUNDS}. It forces nothing to disk.`,
      ],
    }
  },
}

async function drill({ context, store }: Controller, { hosts }: BenchHosts): Promise<number> {
  const { clientId } = await store.clients.first()
  const began = monoMs()
  const plan = await context.services.plan({ drill: 'bench-hosts', params: {} }, clientId, 'bench')
  const { runId } = await context.services.start({ planId: plan.planId, digest: plan.digest }, clientId, 'bench')
  const run = await context.runBook.until(runId, ({ phase }) => phase === 'ended', { withinMs: 120_000 })
  const tookMs = monoMs() - began
  if (run?.outcome !== 'passed' || plan.hosts.length !== hosts.length) {
    throw new Error(`The drill did not pass: ${run?.outcome} ${run?.reasons.join(' ')}`)
  }
  if (process.env.BENCH_TRACE)
    for (const { fact } of await context.runBook.facts(runId))
      console.error(fact.at.wallMs - Date.now(), fact.event.type, JSON.stringify(fact.event).slice(60, 200))
  return tookMs
}
