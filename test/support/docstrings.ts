import { type Node, type SourceFile, type Statement, SyntaxKind } from 'typescript/unstable/ast'
import {
  isExportDeclaration,
  isIdentifier,
  isInterfaceDeclaration,
  isNamedExports,
  isPropertySignatureDeclaration,
  isTypeAliasDeclaration,
  isTypeLiteralNode,
  isVariableStatement,
} from 'typescript/unstable/ast/is'
import { getLeadingCommentRanges } from 'typescript/unstable/ast/scanner'

/** Something that a file exports, and what the comment directly above it says. */
export interface DocumentedExport {
  readonly name: string
  /** Counted from 1. */
  readonly line: number
  /** Without the marks of the comment; null without one. */
  readonly docstring: string | null
}

/**
 * What a file exports by a declaration of its own; re-exports are documented where they are declared. Declarations of one
 * name are one export, and one docstring is enough for them: overloads, and a schema with the type inferred from it, which
 * the compiler merges and editors show together.
 */
export function exportsOf(source: SourceFile): DocumentedExport[] {
  const listed = source.statements.flatMap(namesListedBy)
  const found = new Map<string, DocumentedExport>()
  for (const statement of source.statements) {
    for (const name of namesOf(statement)) {
      if (!isExported(statement) && !listed.includes(name)) continue
      const known = found.get(name)
      const line = known?.line ?? lineAt(source.text, statement.getStart(source))
      found.set(name, { name, line, docstring: known?.docstring ?? docstringOf(statement, source.text) })
    }
  }
  return [...found.values()]
}

/**
 * Members of exported interfaces and object types that may be null, where nobody says what that means: neither a docstring
 * of the member, nor the word null in that of its type. `Type.member`, by line.
 */
export function unexplainedNulls(source: SourceFile): Pick<DocumentedExport, 'name' | 'line'>[] {
  return source.statements.filter(isExported).flatMap((statement) => {
    const owner = namesOf(statement)[0]
    if (/\bnull\b/i.test(docstringOf(statement, source.text) ?? '')) return []
    return membersOf(statement)
      .filter((member) => /\| null$/.test(member.getText(source)) && docstringOf(member, source.text) === null)
      .map((member) => ({
        name: `${owner}.${(member as { readonly name?: Node }).name?.getText(source)}`,
        line: lineAt(source.text, member.getStart(source)),
      }))
  })
}

/**
 * Lines of docstrings that document nothing: an empty line, another docstring, an import, a re-export, a closing bracket or
 * the end of the file follows. Editors show such a text nowhere, or at the wrong name.
 */
export function detachedDocstrings(text: string): number[] {
  const follows =
    /^[ \t]*\/\*\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*(?=\n[ \t]*\n|\s*(?:\/\*\*|import\b|export (?:type )?[{*]|[)\]}]|$(?![\s\S])))/gm
  return [...text.matchAll(follows)].map(({ index }) => lineAt(text, index))
}

/** Whether a docstring says nothing that the name does not say: fewer than three words, or those of the name alone. */
export function repeatsName({ name, docstring }: DocumentedExport): boolean {
  if (docstring === null) return false
  const words = wordsOf(docstring)
  const known = new Set([...wordsOf(name), ...FILLERS].flatMap(forms))
  return words.length < 3 || words.every((word) => known.has(word))
}

/** Words that add nothing to those of a name. */
const FILLERS = 'a an the this that these of for to in on and or is are it its with by from as get return set'.split(
  ' ',
)

function wordsOf(text: string): string[] {
  const apart = text.replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ')
  return (apart.match(/[\p{L}\d]+/gu) ?? []).map((word) => word.toLowerCase())
}

function forms(word: string): string[] {
  return [word, `${word}s`, `${word}es`, word.replace(/s$/, ''), word.replace(/es$/, '')]
}

function isExported(statement: Statement): boolean {
  const { modifiers = [] } = statement as { readonly modifiers?: readonly Node[] }
  return modifiers.some(({ kind }) => kind === SyntaxKind.ExportKeyword)
}

/** The names that `export { … }` lists, without those that come from another file. */
function namesListedBy(statement: Statement): string[] {
  if (!isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) return []
  const { exportClause } = statement
  if (exportClause === undefined || !isNamedExports(exportClause)) return []
  return exportClause.elements.map(({ propertyName, name }) => (propertyName ?? name).text)
}

/** The names that a statement declares; `default` for what has none. */
function namesOf(statement: Statement): string[] {
  if (isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(({ name }) => boundBy(name))
  const { name } = statement as { readonly name?: Node }
  if (name !== undefined) return boundBy(name)
  return isExported(statement) ? ['default'] : []
}

/** A name itself, or all of `{ a, b: [c] }`. */
function boundBy(name: Node): string[] {
  if (isIdentifier(name)) return [name.text]
  const found: string[] = []
  name.forEachChild((element) => {
    const bound = (element as { readonly name?: Node }).name
    if (bound !== undefined) found.push(...boundBy(bound))
  })
  return found
}

/** The properties of an interface, or of an object type. */
function membersOf(statement: Statement): readonly Node[] {
  const literal = isTypeAliasDeclaration(statement) ? statement.type : statement
  if (!isInterfaceDeclaration(literal) && !isTypeLiteralNode(literal)) return []
  return literal.members.filter(isPropertySignatureDeclaration)
}

function docstringOf(statement: Node, text: string): string | null {
  const above = (getLeadingCommentRanges(text, statement.pos) ?? []).map(({ pos, end }) => text.slice(pos, end))
  const last = above.findLast((comment) => comment.startsWith('/**'))
  return last?.replaceAll(/^\/\*\*|\*\/$|^\s*\*/gm, '').trim() ?? null
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}
