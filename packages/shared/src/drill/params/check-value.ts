import { nearestOf } from '../nearest.ts'
import type { ParamDeclaration } from '../schema.ts'
import { numericParamTypes, paramRules } from './param-types.ts'

/**
 * The value as it is used, numbers converted; or what is wrong with it. `nearest` null: no allowed value is similar.
 */
export type CheckedValue =
  | { readonly ok: true; readonly value: string | number }
  | { readonly ok: false; readonly message: string; readonly expected: string; readonly nearest: string | null }

const NUMBER_TEXT = /^-?\d{1,15}(?:\.\d{1,15})?$/

/**
 * Is this value of the declared type? Command lines and forms give numbers as text, so `"8080"` is taken as 8080 where
 * a number is wanted; nothing else is converted.
 */
export function checkParamValue(declaration: ParamDeclaration, given: unknown): CheckedValue {
  const { type, oneOf = [] } = declaration
  if (type === 'choice' && !oneOf.some((choice) => choice === given)) {
    const nearest = typeof given === 'string' ? nearestOf(given, oneOf) : null
    return { ok: false, message: `${shown(given)} is no choice`, expected: `one of ${oneOf.join(', ')}`, nearest }
  }
  const numeric = numericParamTypes.has(type) && typeof given === 'string' && NUMBER_TEXT.test(given)
  const rule = paramRules[type]
  const parsed = rule.schema.safeParse(numeric ? Number(given) : given)
  // A value is never read for placeholders a second time: one inside it would be, by the planner.
  if (parsed.success && !String(parsed.data).includes('${')) return { ok: true, value: parsed.data }
  return { ok: false, message: `${shown(given)} does not fit the type ${type}`, expected: rule.expected, nearest: null }
}

/** A value as it is quoted in a message: short, one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
