import { line } from '@chaos-lite/shared'
import * as z from 'zod'
import { defineProbe } from './probe.ts'

/** Is a process of this name running? One that is suspended serves nobody. */
export const processProbe = defineProbe({
  name: 'process',
  summary: 'Is a process of this name running on this host?',
  needs: ['processes'],
  params: z.strictObject({ name: line(64).min(1).describe('The program name, as ps shows it') }),
  value: {
    running: 'true while at least one runs that is not suspended',
    count: 'how many there are',
    suspended: 'how many of them are suspended',
    oldestPid: 'process id of the one that was started first, or null',
  },
  expect: () => ({ running: true }),
  asks: ({ name }) => [{ kind: 'process', value: name }],
  timeoutMs: () => 5_000,
  async look({ host }, { name }) {
    const found = await host.processes.byName(name)
    const suspended = found.filter(({ state }) => state === 'suspended').length
    const oldest = found.toSorted((a, b) => (BigInt(a.startTicks) < BigInt(b.startTicks) ? -1 : 1))[0]
    return {
      evaluated: true,
      message: null,
      value: { running: found.length > suspended, count: found.length, suspended, oldestPid: oldest?.pid ?? null },
    }
  },
})
