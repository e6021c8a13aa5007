import type * as z from 'zod'
import { issueText } from '../../issue-text.ts'
import { mistake } from '../finding.ts'
import type { Mistake, Position } from '../mistake.ts'
import { checkGrammar } from './check-grammar.ts'
import { type Placed, place } from './located.ts'
import { readText } from './read-text.ts'
import { readYaml } from './read-yaml.ts'

/** A valid value, or every mistake of the file in the order of its lines. */
export type ReadAs<T> =
  | {
      readonly ok: true
      readonly value: T
      /** Where each path, such as `services[0]`, stands in the file. */
      readonly positions: ReadonlyMap<string, Position>
      /** Text that is read as a comment, though its author may have meant it as part of a value. */
      readonly warnings: readonly Mistake[]
    }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }

/**
 * Reads any small YAML file against its schema, with the same messages as a drill: file, line, column, what was expected
 * and the nearest valid name. Never throws; all mistakes are returned.
 */
export function readYamlAs<T>(schema: z.ZodType<T>, source: string | Uint8Array, file: string): ReadAs<T> {
  const named = (placed: readonly Placed[]): ReadAs<T> => ({
    ok: false,
    mistakes: placed.map((each) => ({ file, ...each })).sort((a, b) => a.line - b.line || a.column - b.column),
  })
  const input = readText(source)
  if (!input.ok) return named([input.mistake])
  const { located, mistakes, warnings } = readYaml(input.text)
  if (located === null) return named(mistakes)
  const findings = checkGrammar(schema, located.value)
  const wrong = [...mistakes, ...findings.map((finding) => place(finding, located))]
  if (wrong.length > 0) return named(wrong)
  const parsed = schema.safeParse(located.value)
  if (parsed.success) {
    const { values: positions } = located
    return { ok: true, value: parsed.data, positions, warnings: warnings.map((each) => ({ file, ...each })) }
  }
  const rest = parsed.error.issues.map((issue) =>
    place(
      mistake(
        issue.path.filter((part) => typeof part !== 'symbol'),
        issueText(issue).message,
      ),
      located,
    ),
  )
  return named(rest)
}
