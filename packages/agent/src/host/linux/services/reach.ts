import { ChaosError } from '@chaos-lite/shared'
import { must } from '../must.ts'
import { isRunning, parseShow, type Shown, stopProperties, stopsWith, words } from './show.ts'

const queryTimeoutMs = 10_000
/** A host whose services hang together by more units than this is not one to drill. */
const maxRunning = 64
/** Units on the way to them, running or not. */
const maxWalked = 512

/** What keeps a unit that stops when it is unneeded (`UNIT_ATOM_PINS_STOP_WHEN_UNNEEDED` in systemd's source). */
const neededBy = ['RequiredBy', 'RequisiteOf', 'WantedBy', 'BoundBy', 'UpheldBy'] as const
/** The same, seen from the other side. */
const needs = ['Requires', 'Requisite', 'Wants', 'BindsTo', 'Upholds'] as const

/** All that systemd would stop with it. A stop goes on through units that do not run. */
export async function runningDependents(root: Shown): Promise<readonly string[]> {
  const seen = new Set([root.Id ?? ''])
  const running: string[] = []
  let next = stopsWith(root)
  while (next.length > 0) {
    const fresh = [...new Set(next)].filter((unit) => !seen.has(unit))
    for (const unit of fresh) seen.add(unit)
    const shown = await show(fresh, stopProperties)
    running.push(...shown.filter(isRunning).map((unit) => unit.Id ?? ''))
    if (running.length > maxRunning || seen.size > maxWalked)
      throw new ChaosError('cannot-restore', `More than ${maxRunning} units depend on ${root.Id}.`)
    next = shown.flatMap(stopsWith)
  }
  return [...new Set(running)].filter((unit) => unit !== root.Id).sort()
}

/** Running units with `StopWhenUnneeded=yes` that only `units`, or each other, still need. */
export async function unneededWithout(units: readonly string[]): Promise<readonly string[]> {
  const stopped = new Set(units)
  let looked = units
  const unneeded: string[] = []
  while (looked.length > 0) {
    const wanted = (await show(looked, needs)).flatMap((shown) => needs.flatMap((property) => words(shown[property])))
    const candidates = [...new Set(wanted)].filter((unit) => !stopped.has(unit)).slice(0, maxWalked)
    const fresh: string[] = []
    for (const unit of await show(candidates, ['StopWhenUnneeded', ...neededBy])) {
      if (unit.StopWhenUnneeded !== 'yes' || !isRunning(unit) || stopped.has(unit.Id ?? '')) continue
      const keepers = neededBy.flatMap((property) => words(unit[property])).filter((other) => !stopped.has(other))
      if ((await show(keepers, [])).every((keeper) => !isRunning(keeper))) fresh.push(unit.Id ?? '')
    }
    for (const unit of fresh) stopped.add(unit)
    unneeded.push(...fresh)
    looked = fresh
  }
  return unneeded.sort()
}

/** These properties of units, besides name and state, in one call. */
async function show(
  units: readonly string[],
  properties: readonly string[],
): Promise<readonly (Shown & Readonly<Record<string, string | undefined>>)[]> {
  if (units.length === 0) return []
  const argv = ['systemctl', 'show', `--property=Id,ActiveState,${properties.join(',')}`, '--', ...units] as const
  const { stdout } = await must([...argv], { timeoutMs: queryTimeoutMs })
  return parseShow(stdout)
}
