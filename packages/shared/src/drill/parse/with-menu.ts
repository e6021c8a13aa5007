import * as z from 'zod'
import { type MenuItem, TRAITS_KEYWORD } from '../../catalogue/index.ts'
import type { Path } from '../../path.ts'
import { type Finding, mistake } from '../finding.ts'
import { paramSamples } from '../params/param-samples.ts'
import { hasBrokenPlaceholder, type Json, placeholdersIn, wholePlaceholder } from '../placeholder.ts'
import type { ParamDeclaration } from '../schema.ts'
import { checkGrammar, type JudgeText } from './check-grammar.ts'
import { expectedBy } from './expected-of.ts'

/**
 * Patterns are left out: menus come from hosts, and a regular expression is a program that can be made to run for ever.
 * The agent checks them when it prepares the step, before anything is touched.
 */
const LEFT_OUT = new Set(['pattern', 'patternProperties', '$schema', '$id', TRAITS_KEYWORD])
/** Deeper schemas than any action has; the rest is left to the agent. */
const DEEPEST = 16

/** Compares what a drill gives to an action, probe or exercise with the parameters that the menu says it takes. */
export function checkWith(
  item: MenuItem,
  given: Json,
  path: Path,
  params: ReadonlyMap<string, ParamDeclaration>,
): Finding[] {
  try {
    return checkGrammar(schemaOf(item), given, path, judgeWith(params))
  } catch {
    // A schema that cannot be read, or refers to itself for ever, says nothing about the drill: the agent's own check
    // still follows.
    return []
  }
}

/** The names of the parameters that an item takes. */
export function paramNamesOf(item: MenuItem): string[] {
  const { properties } = item.params
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}

function schemaOf(item: MenuItem): z.core.$ZodType {
  return z.fromJSONSchema(withoutPatterns(item.params, 0) as Parameters<typeof z.fromJSONSchema>[0])
}

/** A text with placeholders fits where the values it can become fit. Formats are checked once the values are known. */
function judgeWith(params: ReadonlyMap<string, ParamDeclaration>): JudgeText {
  return (schema, text, path) => {
    if (placeholdersIn(text).length === 0 && !hasBrokenPlaceholder(text)) return null
    const whole = wholePlaceholder(text)
    const declaration = whole?.scope === 'params' ? params.get(whole.name) : undefined
    if (whole?.scope === 'params' && declaration === undefined) return []
    const samples = declaration === undefined ? ['text'] : paramSamples(declaration)
    const issues = samples.map((sample) => z.safeParse(schema, sample).error?.issues[0])
    if (issues.some((issue) => issue === undefined || !isOfKind(issue))) return []
    const what = declaration === undefined ? 'text' : `of type ${declaration.type}`
    return [mistake(path, `\`${text}\` is ${what}`, { expected: expectedBy(schema) })]
  }
}

/** Is the complaint about the kind of value, not about its form or size? */
function isOfKind(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_union') return issue.errors.every((errors) => errors.some(isOfKind))
  return issue.code === 'invalid_type' && issue.path.length === 0
}

function withoutPatterns(schema: Json, depth: number, keysAreNames = false): Json {
  if (Array.isArray(schema)) return schema.map((part) => withoutPatterns(part, depth + 1))
  if (typeof schema !== 'object' || schema === null) return schema
  if (depth > DEEPEST) return {}
  const kept = Object.entries(schema).filter(([key]) => keysAreNames || !LEFT_OUT.has(key))
  const inner = kept.map(([key, part]) => [
    key,
    withoutPatterns(part, depth + 1, !keysAreNames && key === 'properties'),
  ])
  return Object.fromEntries(inner)
}
