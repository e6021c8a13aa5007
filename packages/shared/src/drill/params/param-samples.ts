import type { ParamDeclaration } from '../schema.ts'
import { numericParamTypes } from './param-types.ts'

/** Values of a parameter's type: its choices, its default, or one of the right kind. Only their kind is to be relied on. */
export function paramSamples({ type, oneOf, default: preset }: ParamDeclaration): (string | number | boolean)[] {
  if (type === 'choice' && oneOf !== undefined) return oneOf
  if (numericParamTypes.has(type)) return [typeof preset === 'number' ? preset : 1]
  return [typeof preset === 'string' ? preset : 'text']
}
