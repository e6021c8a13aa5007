import type * as z from 'zod'
import type { Menu } from '../../catalogue/index.ts'
import { issueText } from '../../issue-text.ts'
import { pathText } from '../../path.ts'
import { type Finding, mistake } from '../finding.ts'
import { defaultsOf, lintDrill } from '../lint/index.ts'
import type { Mistake, Position } from '../mistake.ts'
import type { Json } from '../placeholder.ts'
import { Drill } from '../schema.ts'
import { checkGrammar } from './check-grammar.ts'
import { checkMenu } from './check-menu.ts'
import { checkNames } from './check-names.ts'
import { checkParams, declaredParams } from './check-params.ts'
import { checkPlaceholders } from './check-placeholders.ts'
import { type Placed, place } from './located.ts'
import { readText } from './read-text.ts'
import { readYaml } from './read-yaml.ts'

/** More mistakes of one file than this are not reported. */
const MOST_MISTAKES = 200

/** How a drill file is read: whose name its mistakes carry, and against which menu it is checked. */
export interface ParseOptions {
  /** The name that mistakes carry. */
  readonly file: string
  /** What hosts offer; null: names and parameters of actions, probes and exercises are not checked. */
  readonly menu: Menu | null
}

/** A valid drill, or every mistake of the file up to a limit, in the order of its lines. Warnings come with both. */
export type ParsedDrill =
  | {
      readonly ok: true
      readonly drill: Drill
      /** The bytes that the plan's `drillDigest` covers. */
      readonly bytes: Uint8Array
      /** Where each path, such as `method[0].with.service`, stands in the file. */
      readonly positions: ReadonlyMap<string, Position>
      readonly warnings: Mistake[]
    }
  | { readonly ok: false; readonly mistakes: Mistake[]; readonly warnings: Mistake[] }

/**
 * Reads a drill file, as text or as its bytes. Never throws: whatever it holds, all its mistakes are returned, with
 * their places. Lints run once the grammar is right, with the defaults of the parameters.
 */
export function parseDrill(source: string | Uint8Array, { file, menu }: ParseOptions): ParsedDrill {
  const named = (placed: readonly Placed[]): Mistake[] => inOrder(placed).map((each) => ({ file, ...each }))
  const input = readText(source)
  if (!input.ok) return { ok: false, mistakes: named([input.mistake]), warnings: [] }
  const read = readYaml(input.text)
  const { located } = read
  if (located === null) return { ok: false, mistakes: named(read.mistakes), warnings: [] }
  const { drill, findings } = examine(located.value, menu)
  const placed = (severity: Finding['severity']): Placed[] =>
    findings.filter((found) => found.severity === severity).map((found) => place(found, located))
  const mistakes = named([...read.mistakes, ...placed('mistake')])
  const warnings = named([...read.warnings, ...placed('warning')])
  if (drill === null || mistakes.length > 0) return { ok: false, mistakes, warnings }
  return { ok: true, drill, bytes: input.bytes, positions: located.values, warnings }
}

function examine(value: Json, menu: Menu | null): { drill: Drill | null; findings: Finding[] } {
  const grammar = checkGrammar(Drill, value)
  const params = declaredParams(value)
  // Where the grammar has complained already, the other checks need not repeat it.
  const reported = new Set(grammar.map(({ path }) => pathText(path)))
  const others = [
    ...checkParams(params),
    ...checkNames(value),
    ...checkPlaceholders(value, params),
    ...checkMenu(value, menu, params),
  ].filter(({ path }) => !reported.has(pathText(path)))
  const findings = [...grammar, ...others]
  if (findings.some(({ severity }) => severity === 'mistake')) return { drill: null, findings }
  const parsed = Drill.safeParse(value)
  if (!parsed.success) return { drill: null, findings: [...findings, ...unexplained(parsed.error.issues)] }
  const lints = lintDrill(parsed.data, defaultsOf(parsed.data), menu)
  const ends = lints.every(({ severity }) => severity === 'warning')
  return { drill: ends ? parsed.data : null, findings: [...findings, ...lints] }
}

/** What zod refuses though our own walk did not: so that nothing invalid ever passes. */
function unexplained(issues: readonly z.core.$ZodIssue[]): Finding[] {
  return issues.map((issue) =>
    mistake(
      issue.path.filter((part) => typeof part !== 'symbol'),
      issueText(issue).message,
    ),
  )
}

function inOrder(placed: readonly Placed[]): Placed[] {
  return placed.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_MISTAKES)
}
