import {
  type Block,
  type Expression,
  type Node,
  type SourceFile,
  type Statement,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { isBlock, isExpressionStatement, isIfStatement, isReturnStatement } from 'typescript/unstable/ast/is'
import { exportedFunctions } from './functions.ts'

/** One place that can be changed, and what may stand there instead: the first text that compiles is taken. */
export interface Candidate {
  /** Path from the root of the project. */
  readonly file: string
  readonly line: number
  readonly name: string
  readonly kind: 'removed' | 'emptied' | 'inverted'
  readonly start: number
  readonly end: number
  readonly text: string
  readonly instead: readonly string[]
}

/** What an emptied return may give back. */
const EMPTY = ['undefined', 'null', '[]', '{}', "''", '0', 'false', 'undefined as never'] as const
/** Calls that nobody is meant to notice. */
const UNNOTICED = /^(?:void )?(?:await )?(?:[\w#.]*\blog\.\w+|clearTimeout|clearInterval|console\.\w+)\(/

/** All mutations that can be drawn from a file, in the order of its text. */
export function candidatesOf(source: SourceFile, file: string): Candidate[] {
  return exportedFunctions(source).flatMap(({ name, body }) => {
    const place = (node: Node) => ({
      ...{ file, name, start: node.getStart(source), end: node.getEnd(), text: node.getText(source) },
      line: source.text.slice(0, node.getStart(source)).split('\n').length,
    })
    if (!isBlock(body)) return emptied(body, place)
    return [...removed(body, place), ...inverted(body, place), ...returned(body, place)]
  })
}

type Place = (node: Node) => Omit<Candidate, 'kind' | 'instead'>

/** The last statement that does something by itself. */
function removed(body: Block, place: Place): Candidate[] {
  const last = body.statements.findLast((one: Statement) => isExpressionStatement(one))
  if (last === undefined) return []
  const found = place(last)
  return UNNOTICED.test(found.text) ? [] : [{ ...found, kind: 'removed', instead: [';'] }]
}

function inverted(body: Block, place: Place): Candidate[] {
  const first = body.statements.find((one: Statement) => isIfStatement(one))
  if (first === undefined || !isIfStatement(first)) return []
  const found = place(first.expression)
  return [{ ...found, kind: 'inverted', instead: [`!(${found.text})`] }]
}

function returned(body: Block, place: Place): Candidate[] {
  const last = body.statements.findLast((one: Statement) => isReturnStatement(one))
  if (last === undefined || !isReturnStatement(last) || last.expression === undefined) return []
  return emptied(last.expression, place)
}

function emptied(value: Expression, place: Place): Candidate[] {
  const found = place(value)
  // Empty already: what stands there instead would mean the same.
  if (EMPTY.some((one) => one === found.text) || value.kind === SyntaxKind.VoidExpression) return []
  return [{ ...found, kind: 'emptied', instead: EMPTY.map((one) => (one === '{}' ? '({})' : one)) }]
}
