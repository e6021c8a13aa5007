import { type Finding, mistake } from '../finding.ts'
import { checkParamValue } from '../params/check-value.ts'
import type { Json } from '../placeholder.ts'
import { ParamDeclaration } from '../schema.ts'
import { mapAt } from './raw.ts'

/** The parameters that are declared well enough to know their type. */
export function declaredParams(drill: Json): Map<string, ParamDeclaration> {
  const declared = new Map<string, ParamDeclaration>()
  for (const [name, value] of Object.entries(mapAt(drill, 'params'))) {
    const parsed = ParamDeclaration.safeParse(value)
    if (parsed.success) declared.set(name, parsed.data)
  }
  return declared
}

/** Defaults that do not fit their type, and lists of choices where there is nothing to choose. */
export function checkParams(params: ReadonlyMap<string, ParamDeclaration>): Finding[] {
  return [...params].flatMap(([name, declaration]) => {
    const path = ['params', name]
    const { type, oneOf, default: preset } = declaration
    if (type === 'choice' && oneOf === undefined) {
      return [
        mistake([...path, 'oneOf'], 'a choice needs the key `oneOf`', { expected: 'a list of the values allowed' }),
      ]
    }
    if (type !== 'choice' && oneOf !== undefined) {
      const details = { at: 'key', expected: '`type: choice`' } as const
      return [mistake([...path, 'oneOf'], `\`oneOf\` has no meaning for the type ${type}`, details)]
    }
    if (preset === undefined) return []
    const checked = checkParamValue(declaration, preset)
    if (checked.ok) return []
    const { expected, nearest } = checked
    return [mistake([...path, 'default'], `the default ${checked.message}`, { expected, nearest })]
  })
}
