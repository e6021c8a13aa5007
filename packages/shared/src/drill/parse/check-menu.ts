import type { Menu, MenuItem } from '../../catalogue/index.ts'
import type { Path } from '../../path.ts'
import { type Finding, mistake } from '../finding.ts'
import { nearestOf } from '../nearest.ts'
import type { Json } from '../placeholder.ts'
import type { ParamDeclaration } from '../schema.ts'
import { oneOf } from './expected-of.ts'
import { isMap, listAt, mapAt, partAt, textAt } from './raw.ts'
import { checkWith, paramNamesOf } from './with-menu.ts'

type Kind = 'action' | 'exercise' | 'probe'

/** One use of an action, exercise or probe in a drill. */
interface Use {
  readonly kind: Kind
  readonly key: 'inject' | 'exercise' | 'probe'
  readonly value: Json
  readonly path: Path
}

/** The keys that stand beside `with`, by kind. People put them inside. */
const BESIDE: Readonly<Record<Kind, readonly string[]>> = {
  action: ['hold', 'effect', 'onLinkLoss', 'on'],
  exercise: ['within', 'on'],
  probe: ['every', 'expect', 'on'],
}

/** Names and parameters of actions, exercises and probes, compared with the menu where there is one. */
export function checkMenu(drill: Json, menu: Menu | null, params: ReadonlyMap<string, ParamDeclaration>): Finding[] {
  return usesIn(drill).flatMap((use) => {
    const name = textAt(use.value, use.key)
    if (name === null) return []
    const items = menu === null ? [] : { action: menu.actions, exercise: menu.exercises, probe: menu.probes }[use.kind]
    // Hosts of several versions may take several forms of the same name: what fits one of them is no mistake.
    const forms = items.filter((candidate) => candidate.name === name)
    if (forms.length > 0) return fewest(forms.map((item) => checkForm(use, item, params)))
    const misplaced = misplacedKeys(use, undefined)
    return menu === null ? misplaced : [unknownItem(use, name, items, menu), ...misplaced]
  })
}

function checkForm(use: Use, item: MenuItem, params: ReadonlyMap<string, ParamDeclaration>): Finding[] {
  const misplaced = misplacedKeys(use, item)
  return [...misplaced, ...checkUse(use, item, params, misplaced)]
}

function fewest(all: readonly Finding[][]): Finding[] {
  return all.reduce((best, one) => (one.length < best.length ? one : best))
}

function usesIn(drill: Json): Use[] {
  const probes = ['steadyState', 'watch'].flatMap((section) =>
    Object.entries(mapAt(drill, section)).map(
      ([name, value]): Use => ({ kind: 'probe', key: 'probe', value, path: [section, name] }),
    ),
  )
  const steps = listAt(drill, 'method').flatMap((value, index): Use[] => {
    const path = ['method', index]
    if (textAt(value, 'inject') !== null) return [{ kind: 'action', key: 'inject', value, path }]
    return textAt(value, 'exercise') === null ? [] : [{ kind: 'exercise', key: 'exercise', value, path }]
  })
  return [...probes, ...steps]
}

function checkUse(
  use: Use,
  item: MenuItem,
  params: ReadonlyMap<string, ParamDeclaration>,
  misplaced: readonly Finding[],
): Finding[] {
  const given = partAt(use.value, 'with') ?? {}
  if (!isMap(given)) return checkFields(use, item)
  const known = misplaced.map(({ path }) => path.at(-1))
  const rest = Object.fromEntries(Object.entries(given).filter(([key]) => !known.includes(key)))
  return [...checkWith(item, rest, [...use.path, 'with'], params), ...checkFields(use, item)]
}

/** A probe can be expected to answer only the fields that it has. */
function checkFields(use: Use, item: MenuItem): Finding[] {
  const fields = item.value?.map(({ field }) => field)
  if (use.kind !== 'probe' || fields === undefined) return []
  return Object.keys(mapAt(use.value, 'expect'))
    .filter((field) => !fields.includes(field))
    .map((field) => {
      const details = { at: 'key', expected: oneOf(fields), nearest: nearestOf(field, fields) } as const
      return mistake([...use.path, 'expect', field], `the probe \`${item.name}\` answers no \`${field}\``, details)
    })
}

function misplacedKeys(use: Use, item: MenuItem | undefined): Finding[] {
  const own = item === undefined ? [] : paramNamesOf(item)
  return Object.keys(mapAt(use.value, 'with'))
    .filter((key) => BESIDE[use.kind].includes(key) && !own.includes(key))
    .map((key) =>
      mistake([...use.path, 'with', key], `\`${key}\` is no parameter of the ${use.kind}; it is a key of its own`, {
        at: 'key',
        expected: `\`${key}\` beside \`with\`, not inside it`,
      }),
    )
}

function unknownItem(use: Use, name: string, items: readonly MenuItem[], menu: Menu): Finding {
  const names = [...new Set(items.map((item) => item.name))]
  const path = [...use.path, use.key]
  const elsewhere = elsewhereIn(menu, name, use.kind)
  const message = `there is no ${use.kind} \`${name}\`${elsewhere === null ? '' : `; it is ${elsewhere}`}`
  return mistake(path, message, { expected: oneOf(names), nearest: nearestOf(name, names) })
}

function elsewhereIn(menu: Menu, name: string, kind: Kind): string | null {
  const has = (items: readonly MenuItem[]): boolean => items.some((item) => item.name === name)
  if (kind !== 'action' && has(menu.actions)) return 'an action, started with `inject:`'
  if (kind !== 'exercise' && has(menu.exercises)) return 'an exercise, done with `exercise:`'
  return kind !== 'probe' && has(menu.probes) ? 'a probe, for steadyState or watch' : null
}
