import { pathText } from '../../path.ts'
import type { Params } from '../../primitives.ts'
import { lintDrill } from '../lint/index.ts'
import type { ParamMistake } from '../mistake.ts'
import { nearestOf } from '../nearest.ts'
import type { Drill } from '../schema.ts'
import { checkParamValue } from './check-value.ts'

/** A value for every declared parameter; or all mistakes, also those that no single parameter is to blame for. */
export type FilledParams =
  | { readonly ok: true; readonly values: Params }
  | { readonly ok: false; readonly mistakes: ParamMistake[] }

/**
 * Checks the values given for a drill's parameters and adds the defaults; then, whether the drill can end well with
 * them. All mistakes are reported. Numbers may be given as text, as command lines and forms do.
 */
export function fillParams(drill: Drill, given: Readonly<Record<string, unknown>>): FilledParams {
  const declared = drill.params ?? {}
  const values: Params = {}
  const mistakes: ParamMistake[] = unknownParams(Object.keys(given), Object.keys(declared))
  for (const [param, declaration] of Object.entries(declared)) {
    const value = Object.hasOwn(given, param) ? given[param] : declaration.default
    if (value === undefined) {
      mistakes.push({ param, message: 'has no value and no default', expected: declaration.ask, nearest: null })
      continue
    }
    const checked = checkParamValue(declaration, value)
    if (checked.ok) values[param] = checked.value
    else mistakes.push({ param, message: checked.message, expected: checked.expected, nearest: checked.nearest })
  }
  if (mistakes.length === 0) mistakes.push(...cannotEndWell(drill, values))
  return mistakes.length === 0 ? { ok: true, values } : { ok: false, mistakes }
}

function unknownParams(given: readonly string[], declared: readonly string[]): ParamMistake[] {
  const expected = declared.length === 0 ? 'no parameters: this drill has none' : `one of ${declared.join(', ')}`
  return given
    .filter((param) => !declared.includes(param))
    .map((param) => ({
      param,
      message: 'is not declared by this drill',
      expected,
      nearest: nearestOf(param, declared),
    }))
}

function cannotEndWell(drill: Drill, values: Params): ParamMistake[] {
  return lintDrill(drill, values)
    .filter(({ severity }) => severity === 'mistake')
    .map(({ path, message, expected }) => ({
      param: null,
      message: `${message}, at ${pathText(path)}`,
      expected,
      nearest: null,
    }))
}
