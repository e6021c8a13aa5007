import { ChaosError } from '@chaos-lite/shared'
import type { Host, UnitState } from '../../host/index.ts'
import type { UnitBefore } from './service-undo.ts'

/** A host whose services hang together by more units than this is not one to drill. */
const mostUnits = 64

/** Another unit that a stop stops, or that must be stopped because it would start one of them again. */
export interface Reached {
  readonly state: UnitState
  readonly role: UnitBefore['role']
}

/**
 * Everything that does not run while this unit is stopped: what stops in the same transaction, what the manager stops
 * because nothing needs it any more, and what would start any of them again; and the same for each of those.
 */
export async function reachOf({ services }: Host, root: UnitState): Promise<readonly Reached[]> {
  const reached = new Map<string, Reached>([[root.name, { state: root, role: 'service' }]])
  let looked: readonly UnitState[] = [root]
  while (looked.length > 0) {
    const restarters = looked.flatMap(({ triggeredBy, upheldBy }) => [...triggeredBy, ...upheldBy])
    const others = looked.flatMap(({ dependents }) => dependents)
    const fresh: UnitState[] = []
    const add = async (name: string, role: UnitBefore['role']) => {
      const state = reached.get(name)?.state ?? (await services.state(name))
      if (role === 'trigger' && state.activeState !== 'active') return
      const known = reached.get(state.name)
      // Only a trigger is stopped by itself, and first.
      if (known?.role === 'dependent' && role === 'trigger') reached.set(state.name, { state, role })
      if (known !== undefined) return
      reached.set(state.name, { state, role })
      fresh.push(state)
    }
    for (const name of new Set(restarters)) await add(name, 'trigger')
    for (const name of new Set(others)) await add(name, 'dependent')
    if (fresh.length === 0)
      for (const name of await services.unneededWithout([...reached.keys()])) await add(name, 'dependent')
    if (reached.size > mostUnits) {
      throw new ChaosError('cannot-restore', `More than ${mostUnits} units would stop with ${root.name}.`)
    }
    looked = fresh
  }
  const all = [...reached.values()].filter(({ role }) => role !== 'service')
  return [...all.filter(({ role }) => role === 'trigger'), ...all.filter(({ role }) => role === 'dependent')]
}

/** Units that the manager starts when these stop. Throws where one would be left running, or would stop another one. */
export async function startedByStop({ services }: Host, stopped: readonly UnitState[]): Promise<readonly string[]> {
  const names = [...new Set(stopped.flatMap(({ startsOnStop }) => startsOnStop))]
  for (const name of names) {
    const unit = await services.state(name)
    const cause = `Stopping ${stopped[0]?.name} would start ${name} (OnSuccess=)`
    if (unit.type !== 'oneshot') {
      throw new ChaosError('cannot-restore', `${cause}, which goes on running afterwards: that could not be undone.`)
    }
    for (const other of unit.conflicts) {
      if ((await services.state(other)).activeState !== 'active') continue
      throw new ChaosError('cannot-restore', `${cause}, which stops ${other} (Conflicts=): that could not be undone.`)
    }
  }
  return names
}

/** Units that the manager starts if the stop of one of these ends as a failure. Throws where it is no service. */
export function startedByFailure(stopped: readonly UnitState[]): string[] {
  const names = [...new Set(stopped.flatMap(({ startsOnFailure }) => startsOnFailure))]
  const other = names.find((name) => !name.endsWith('.service'))
  if (other === undefined) return names
  throw new ChaosError(
    'cannot-restore',
    `A stop of ${stopped[0]?.name} that fails would start ${other} (OnFailure=): that could not be undone.`,
  )
}
