import * as z from 'zod'
import { type Path, pathText } from '../../path.ts'
import { type Finding, mistake } from '../finding.ts'
import { nearestOf } from '../nearest.ts'
import { shown } from '../params/check-value.ts'
import type { Json } from '../placeholder.ts'
import { chooseVariant } from './choose-variant.ts'
import { expectedBy, expectedFrom, oneOf, unwrapped } from './expected-of.ts'
import { isMap } from './raw.ts'

/** May judge a text in place of its schema: used for texts that hold placeholders. null: the schema shall judge. */
export type JudgeText = (schema: z.core.$ZodType, text: string, path: Path) => Finding[] | null

interface Walk {
  readonly judgeText: JudgeText
}

/**
 * Compares a value with a zod schema, part by part, so that every mistake is found and each names what may stand at its
 * place. zod alone reports a union as a heap of alternatives and a misspelt key without the keys there are.
 */
export function checkGrammar(
  schema: z.core.$ZodType,
  value: Json,
  path: Path = [],
  judgeText: JudgeText = () => null,
): Finding[] {
  return checkValue(schema, value, path, { judgeText })
}

function checkValue(schema: z.core.$ZodType, value: Json, path: Path, walk: Walk): Finding[] {
  const inner = unwrapped(schema)
  if (value === null && z.safeParse(schema, null).success) return []
  const judged = typeof value === 'string' ? walk.judgeText(inner, value, path) : null
  if (judged !== null) return judged
  if (inner instanceof z.ZodUnion) return checkUnion(inner, value, path, walk)
  if (isMap(value)) {
    if (inner instanceof z.ZodObject) return checkObject(inner, value, path, walk)
    if (inner instanceof z.ZodRecord) return checkRecord(inner, value, path, walk)
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const parts = value.flatMap((item, index) => checkValue(inner.element, item, [...path, index], walk))
    return [...checkSize(inner, value, path), ...parts]
  }
  return checkLeaf(inner, value, path)
}

function checkObject(schema: z.ZodObject, value: Record<string, Json>, path: Path, walk: Walk): Finding[] {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape
  const closed = schema.def.catchall instanceof z.ZodNever
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(shape, key))
  const findings = closed ? unknown.map((key) => unknownKey(key, Object.keys(shape), path)) : []
  for (const [key, part] of Object.entries(shape)) {
    const inside = Object.hasOwn(value, key) ? value[key] : undefined
    if (inside !== undefined) findings.push(...checkValue(part, inside, [...path, key], walk))
    else if (!z.safeParse(part, undefined).success && !findings.some(({ nearest }) => nearest === key)) {
      findings.push(mistake([...path, key], `the key \`${key}\` is missing`, { expected: expectedBy(part) }))
    }
  }
  return findings
}

function checkRecord(schema: z.ZodRecord, value: Record<string, Json>, path: Path, walk: Walk): Finding[] {
  const keyType = unwrapped(schema.keyType)
  return Object.entries(value).flatMap(([key, part]) => {
    const inner = [...path, key]
    const parts = checkValue(schema.valueType, part, inner, walk)
    const issue = z.safeParse(keyType, key).error?.issues[0]
    if (issue === undefined) return parts
    if (keyType instanceof z.ZodEnum) return [unknownKey(key, keyType.options.map(String), path), ...parts]
    const wrong = mistake(inner, `\`${shown(key).slice(1, -1)}\` is no name`, {
      at: 'key',
      expected: expectedFrom(issue),
    })
    return [wrong, ...parts]
  })
}

function checkUnion(schema: z.ZodUnion, value: Json, path: Path, walk: Walk): Finding[] {
  const variant = chooseVariant(schema, value, path)
  if ('findings' in variant) return variant.findings
  if (variant.schema !== null) return checkValue(variant.schema, value, path, walk)
  return [mistake(path, notFit(path, value), { expected: expectedBy(schema) })]
}

function checkLeaf(schema: z.core.$ZodType, value: Json, path: Path): Finding[] {
  const issue = z.safeParse(schema, value).error?.issues[0]
  if (issue === undefined) return []
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : []
  const nearest = typeof value === 'string' ? nearestOf(value, choices) : null
  const at = issue.path.filter((part) => typeof part !== 'symbol')
  const expected = issue.code === 'invalid_type' && at.length === 0 ? expectedBy(schema) : expectedFrom(issue)
  return [mistake([...path, ...at], notFit(path, value), { expected, nearest })]
}

/** How many entries a list may have; what is in them is checked one by one. */
function checkSize(schema: z.ZodArray, value: readonly Json[], path: Path): Finding[] {
  const sized = z.safeParse(
    z.array(z.any()).check(...((schema.def.checks ?? []) as z.core.$ZodCheck<unknown[]>[])),
    value,
  ).error?.issues[0]
  if (sized === undefined) return []
  const message = `\`${pathText(path)}\` has ${value.length} entries`
  return [mistake(path, message, { at: 'key', expected: expectedFrom(sized) })]
}

function unknownKey(key: string, valid: readonly string[], path: Path): Finding {
  const name = shown(key).slice(1, -1)
  const details = { at: 'key', expected: oneOf(valid), nearest: nearestOf(key, valid) } as const
  return mistake([...path, key], `unknown key \`${name}\``, details)
}

function notFit(path: Path, value: Json): string {
  const what = Array.isArray(value) ? 'a list' : isMap(value) ? 'a map of keys' : shown(value)
  return path.length === 0 ? `the file holds ${what}` : `\`${pathText(path)}\` is ${what}`
}
