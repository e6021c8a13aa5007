import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { namespaceArgs } from '../../demo/namespace.ts'
import type { Bench } from '../bench.ts'
import { median, ms, times } from '../statistics.ts'

const ROUNDS = 15
const AT_MOST = 3

interface Printed {
  readonly engineMs: number[]
  readonly scriptMs: number[]
  readonly engineSyncs: number
}

/** One edit of the hosts file, undone again: the engine with all that makes it safe, against a shell script. */
export const edit: Bench = {
  name: 'edit',
  title: 'One edit, checked and rolled back',
  async run({ folder }) {
    const namespace = await namespaceArgs()
    if (namespace.args === null) throw new Error(`It needs a mount namespace: ${namespace.reason}.`)
    const inside = fileURLToPath(new URL('inside.ts', import.meta.url))
    const argv = [...namespace.args, process.execPath, inside, folder, String(ROUNDS)]
    const { stdout } = await promisify(execFile)('unshare', argv, { maxBuffer: 1 << 20 })
    const { engineMs, scriptMs, engineSyncs } = JSON.parse(stdout) as Printed
    const script = await readFile(fileURLToPath(new URL('edit.sh', import.meta.url)), 'utf8')
    const scriptSyncs = script.split('\n').filter((line) => line.startsWith('sync ')).length
    const ratio = median(engineMs) / median(scriptMs)
    return {
      rows: [
        {
          what: '`hosts.override`: inject, verify, revert, verify',
          ours: ms(median(engineMs)),
          against: `shell script: ${ms(median(scriptMs))}`,
          result: times(ratio),
          target: `at most ${AT_MOST} ×`,
          met: ratio <= AT_MOST,
        },
      ],
      notes: [
        `Medians of ${ROUNDS} rounds, engine and script in turn on the same private \`/etc/hosts\` in a mount namespace.`,
        `The engine is the one that the agent composes: lock, undo record, journal, outbox facts and safety timer (a watchdog process, started beforehand as when a run is opened; arming and disarming it is inside the time). It syncs ${engineSyncs} times.`,
        `The script saves the original, notes each step, edits and rolls back by rename, and compares: \`scripts/bench/edit/edit.sh\`, ${scriptSyncs} syncs. It keeps no facts, has no safety timer and no lock, and does not compare owner, ACL and attributes.`,
      ],
    }
  },
}
