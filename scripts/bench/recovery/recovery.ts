import { join } from 'node:path'
import { LEASE_TTL_MS } from '@chaos-lite/shared'
import { type Fleet, startFleet } from '../../../test/lab/support/fleet.ts'
import type { Bench, Place, Row } from '../bench.ts'
import { median, ms } from '../statistics.ts'
import { type Cause, causes } from './causes.ts'
import { POLICY, writeDrills } from './drills.ts'
import { oneAtATime, oneRound } from './round.ts'

const ROUNDS = 50
const HOSTS = 5

/** How long a host stays changed when the agent, the controller or the power is lost. */
export const recovery: Bench = {
  name: 'recovery',
  title: 'Until the host is as it was',
  async run(place) {
    const rounds = place.rounds ?? ROUNDS
    const names = Array.from({ length: Math.min(HOSTS, rounds) }, (_, index) => `box-${index + 1}`)
    const drills = join(place.folder, 'drills')
    await writeDrills(drills, names)
    place.say(`starting ${names.length} hosts`)
    const hosts = Object.fromEntries(names.map((name) => [name, { labels: { bench: name }, policy: POLICY }]))
    await using fleet = await startFleet({ hosts, disk: 'ext4', drills })
    const rows: Row[] = []
    for (const cause of causes(LEASE_TTL_MS)) rows.push(await measured(fleet, cause, rounds, place))
    return { rows, notes: notes(rounds, names.length) }
  },
}

async function measured(fleet: Fleet, cause: Cause, rounds: number, { say }: Place): Promise<Row> {
  const alone = oneAtATime()
  const tookMs: number[] = []
  let left = rounds
  await Promise.all(
    fleet.lab.hosts.map(async (host) => {
      while (left > 0) {
        left -= 1
        tookMs.push(await oneRound(fleet, host, cause, alone))
      }
    }),
  )
  const worstMs = Math.max(...tookMs)
  say(`${cause.what}: median ${ms(median(tookMs))}, worst ${ms(worstMs)} of ${tookMs.length}`)
  return {
    what: cause.what,
    ours: `median ${ms(median(tookMs))}`,
    against: '-',
    result: `worst ${ms(worstMs)} of ${tookMs.length}`,
    target: cause.target,
    met: worstMs <= cause.atMostMs,
  }
}

function notes(rounds: number, hosts: number): readonly string[] {
  return [
    `A run holds \`hosts.override\` on a real host: systemd as process 1, the agent installed by its installer, a disk of its own (ext4), a real controller over TLS. ${rounds} rounds of each cause on ${hosts} hosts that share this machine.`,
    "Restored: the hosts file is the original, and the journal holds nothing any more. Both are looked at every 5 ms from outside of the host; the time that a service needs to start is not in it, because the failure is a file's.",
    'A killed agent is rolled back by what its service manager starts when it ends; a lost controller by the lease; an agent that cannot start any more by the safety timer with its own copy of the program; a power cut, which loses all that was not forced to the disk, by the first phase of the boot.',
  ]
}
