import type { Menu, MenuItem } from '@chaos-lite/shared'
import { z } from 'zod'
import type { Action } from '../actions/action.ts'
import type { Exercise } from '../exercises/exercise.ts'
import type { Probe } from '../probes/probe.ts'

/** Everything an agent of this version knows, whatever the host can do. */
export interface Catalogue {
  readonly actions: readonly Action[]
  readonly probes: readonly Probe[]
  readonly exercises: readonly Exercise[]
}

/** The menu that a hello carries: names, meanings and parameters as JSON Schema, so the controller needs no release. */
export function menuOf({ actions, probes, exercises }: Catalogue): Menu {
  return {
    actions: actions.map(itemOf),
    probes: probes.map((probe) => ({
      ...itemOf(probe),
      value: Object.entries(probe.value).map(([field, meaning]) => ({ field, meaning })),
    })),
    exercises: exercises.map(itemOf),
  }
}

type Item = Pick<Action, 'name' | 'summary' | 'needs' | 'params'>

function itemOf({ name, summary, needs, params }: Item): MenuItem {
  const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' })
  return { name, summary, needs: [...needs], params: JSON.parse(JSON.stringify(schema)) as MenuItem['params'] }
}
