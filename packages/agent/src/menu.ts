import { type ActionTraits, type Menu, type MenuItem, TRAITS_KEYWORD } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Action } from './actions/index.ts'
import { actions } from './actions/index.ts'
import type { Exercise } from './exercises/index.ts'
import { exercises } from './exercises/index.ts'
import type { Ability } from './host/index.ts'
import type { Probe } from './probes/index.ts'
import { probes } from './probes/index.ts'

export { actions, findAction } from './actions/index.ts'
export { exercises } from './exercises/index.ts'
export { findProbe, probes } from './probes/index.ts'

interface MenuParts {
  readonly actions: readonly Action[]
  readonly probes: readonly Probe[]
  readonly exercises: readonly Exercise[]
}

/** What this agent offers, with parameters as JSON Schema: controller, command line and dashboard need no release for it. */
export function menuOf(parts: MenuParts = { actions, probes, exercises }): Menu {
  return {
    actions: parts.actions.map(actionItem),
    probes: parts.probes.map((probe) => ({
      ...itemOf(probe),
      value: Object.entries(probe.value).map(([field, meaning]) => ({ field, meaning })),
    })),
    exercises: parts.exercises.map(itemOf),
  }
}

function itemOf(dish: { name: string; summary: string; needs: readonly Ability[]; params: z.ZodType }): MenuItem {
  const { name, summary, needs } = dish
  return {
    name,
    summary,
    needs: [...needs],
    params: z.toJSONSchema(dish.params, { io: 'input' }) as MenuItem['params'],
  }
}

/** What older controllers do not know stands where every schema may hold it: see `TRAITS_KEYWORD`. */
function actionItem(action: Action): MenuItem {
  const item = itemOf(action)
  if (action.restartsHost !== true) return item
  return { ...item, params: { ...item.params, [TRAITS_KEYWORD]: { restartsHost: true } } }
}

/** What controllers, reports and dashboards of this version know of each action without asking a host. */
export function builtInTraitsOf(all: readonly Action[] = actions): Readonly<Record<string, ActionTraits>> {
  return Object.fromEntries(
    all.map(({ name, says, restartsHost }) => [
      name,
      { ...(says !== undefined && { says }), ...(restartsHost && { restartsHost }) },
    ]),
  )
}
