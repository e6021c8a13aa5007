import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'

/** A text for people that stands in the code instead of in the words of its place. */
export interface FoundSentence {
  /** Counted from 1. */
  readonly line: number
  /** With `{}` for each value. */
  readonly text: string
}

/** Attributes of a page's elements that people read, or hear. */
const READ = new Set([
  'label',
  'title',
  'placeholder',
  'description',
  'alt',
  'aria-label',
  'aria-description',
  'message',
])
/** Calls whose texts no user reads: the log, documentation of a format, mistakes of the program, queries. */
const UNREAD_CALL =
  /(?:^|\.)(?:describe|meta|prepare|exec|pragma|regex)$|(?:^|\.)log(?:ger)?\.\w+$|^(?:Error|TypeError|RangeError)$/
const UNREAD_TEXT = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|BEGIN|WITH|VACUUM|REPLACE) /

/**
 * Texts for people in the code of one file, by line. A text counts when it begins as a sentence does, has four words, or
 * is a template with two; what a page shows counts from one word. Lower-case values of two or three words do not: they are
 * states such as `not seen`, which the words of a place name.
 */
export function sentencesIn(source: SourceFile): FoundSentence[] {
  const found: FoundSentence[] = []
  const add = (node: Node, text: string) => {
    const line = source.text.slice(0, node.getStart(source)).split('\n').length
    found.push({ line, text: text.replaceAll(/\s+/g, ' ').trim() })
  }
  const visit = (node: Node): void => {
    if (isUnread(node, source)) return
    const text = textOf(node, source)
    if (text !== null && (isShownByPage(node, source) ? /\p{L}{2}/u.test(text) : isSentence(text, node)))
      add(node, text)
    node.forEachChild(visit)
  }
  visit(source)
  return found
}

function textOf(node: Node, source: SourceFile): string | null {
  switch (node.kind) {
    case SyntaxKind.StringLiteral:
    case SyntaxKind.NoSubstitutionTemplateLiteral:
      return (node as Node & { readonly text: string }).text
    case SyntaxKind.TemplateExpression: {
      const { head, templateSpans } = node as Node & {
        readonly head: { readonly text: string }
        readonly templateSpans: readonly { readonly literal: { readonly text: string } }[]
      }
      return head.text + templateSpans.map(({ literal }) => `{}${literal.text}`).join('')
    }
    case SyntaxKind.JsxText:
      return source.text.slice(node.pos, node.end)
    default:
      return null
  }
}

function isSentence(text: string, node: Node): boolean {
  if (UNREAD_TEXT.test(text)) return false
  const words = text.split(/\s+/).filter((word) => /^[("“‘]?\p{L}[\p{L}’'-]*[)"”’.,:;!?…]*$/u.test(word))
  if (words.length < 2) return false
  return (
    words.length >= 4 || node.kind === SyntaxKind.TemplateExpression || /^[“"(]?\p{Lu}\p{Ll}* \p{Ll}/u.test(text.trim())
  )
}

function isShownByPage(node: Node, source: SourceFile): boolean {
  if (node.kind === SyntaxKind.JsxText) return true
  const { parent } = node
  if (parent?.kind !== SyntaxKind.JsxAttribute) return false
  return READ.has((parent as Node & { readonly name: Node }).name.getText(source))
}

/** Names of modules, types, and calls whose texts no user reads. */
function isUnread(node: Node, source: SourceFile): boolean {
  switch (node.kind) {
    case SyntaxKind.ImportDeclaration:
    case SyntaxKind.ExportDeclaration:
    case SyntaxKind.LiteralType:
    case SyntaxKind.TemplateLiteralType:
      return true
    case SyntaxKind.CallExpression:
    case SyntaxKind.NewExpression:
      return UNREAD_CALL.test(
        (node as Node & { readonly expression: Node }).expression.getText(source).split('(').pop() ?? '',
      )
    default:
      return false
  }
}
