import { join } from 'node:path'
import { startController } from '@chaos-lite/controller'
import type { Bench, Place, Row } from '../bench.ts'
import { startBenchHosts } from '../hosts/bench-hosts.ts'
import { DRILLS } from '../hosts/drills.ts'
import { versionOf } from '../machine.ts'
import { median, ms, times } from '../statistics.ts'
import { ansibleMs } from './ansible.ts'
import { type Drilled, drill } from './drill.ts'

const HOSTS = 20
const ROUNDS = 5
const AT_LEAST = 20

/** Twenty hosts at once: edit, check, undo, check. */
export const fleet: Bench = {
  name: 'fleet',
  title: `${HOSTS} hosts at once`,
  async run(place) {
    const ansible = await versionOf('ansible-playbook')
    const drilled = await drills(place)
    const [plain, piped] = [await playbooks(place, ROUNDS, false), await playbooks(place, 1, true)]
    const fourMs = median(drilled.map(({ fourStepsMs }) => fourStepsMs))
    const wholeMs = median(drilled.map((one) => one.wholeMs))
    const row = (what: string, oursMs: number, [name, againstMs]: [string, number], atLeast: number | null): Row => ({
      ...{ what, ours: ms(oursMs), against: `${name}: ${ms(againstMs)}` },
      result: `${times(againstMs / oursMs)} faster`,
      target: atLeast === null ? '-' : `at least ${atLeast} × faster`,
      met: atLeast === null ? null : againstMs / oursMs >= atLeast,
    })
    return {
      rows: [
        row(`${HOSTS} hosts at once: edit, check, undo, check`, fourMs, ['ansible-playbook', plain], AT_LEAST),
        row('the same, against Ansible with pipelining', fourMs, ['ansible-playbook', piped], null),
        row('the whole drill, from planning to the verdict', wholeMs, ['ansible-playbook', plain], null),
      ],
      notes: [
        `A drill on ${HOSTS} real agents, each in a process and a mount namespace of its own, all on this machine; median of ${ROUNDS}. The four steps last from the first order to change the name until the last host has reported that it is rolled back and compared; in between each host has seen the change through its own resolver. The whole drill has more in it: preparing a plan on every host, opening the run, starting ${HOSTS} safety timers, the baseline, a fresh look after the last revert, the verdict.`,
        `${ansible}: the tasks edit, check, undo, check on ${HOSTS} inventory hosts with the local connection and a hosts file each, ${HOSTS} forks, no facts gathered, otherwise as installed; median of ${ROUNDS}, and once with pipelining. It keeps no original, forces nothing to disk and has no safety timer.`,
        ...(plain / fourMs >= AT_LEAST ? [] : [WHY_SLOWER]),
      ],
    }
  },
}

const WHY_SLOWER =
  'Why less than asked for: the agents of all hosts share the cores of this one machine, where each would have its own. About 45 ms of processor time per host are left: what an agent computes and checks, two dozen writes forced to the one disk, one small program (touch, because Node.js rounds times), and the end of the safety timer’s process.'

async function drills({ folder, say }: Place): Promise<readonly Drilled[]> {
  const options = { dataFolder: join(folder, 'data'), drillsFolder: DRILLS, port: 0, logLevel: 'warn' } as const
  await using controller = await startController(options)
  say(`starting ${HOSTS} agents`)
  await using _hosts = await startBenchHosts({ controller, folder: join(folder, 'hosts'), count: HOSTS })
  await drill(controller, HOSTS)
  const drilled: Drilled[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    const one = await drill(controller, HOSTS)
    say(`drill ${round}: ${ms(one.fourStepsMs)}, all in all ${ms(one.wholeMs)}`)
    drilled.push(one)
  }
  return drilled
}

async function playbooks({ folder, say }: Place, rounds: number, pipelining: boolean): Promise<number> {
  const tookMs: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    const one = await ansibleMs(join(folder, `ansible-${pipelining}-${round}`), HOSTS, pipelining)
    say(`playbook${pipelining ? ' with pipelining' : ''}: ${ms(one)}`)
    tookMs.push(one)
  }
  return median(tookMs)
}
