import { type Block, type Expression, type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import {
  isArrowFunction,
  isClassDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isMethodDeclaration,
  isVariableStatement,
} from 'typescript/unstable/ast/is'

/** A function that others can call, and what it does. */
export interface ExportedFunction {
  readonly name: string
  readonly body: Block | Expression
}

/** Exported functions, those kept in exported constants, and the public methods of exported classes. */
export function exportedFunctions(source: SourceFile): ExportedFunction[] {
  return source.statements.flatMap((statement): ExportedFunction[] => {
    if (!isExported(statement)) return []
    if (isFunctionDeclaration(statement)) return named(statement.name?.getText(source), statement.body)
    if (isClassDeclaration(statement)) {
      const owner = statement.name?.getText(source)
      return statement.members.flatMap((member) =>
        isMethodDeclaration(member) && isIdentifier(member.name)
          ? named(`${owner}.${member.name.getText(source)}`, member.body)
          : [],
      )
    }
    if (!isVariableStatement(statement)) return []
    return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      initializer !== undefined && (isArrowFunction(initializer) || isFunctionExpression(initializer))
        ? named(name.getText(source), initializer.body)
        : [],
    )
  })
}

function named(name: string | undefined, body: Block | Expression | undefined): ExportedFunction[] {
  return body === undefined ? [] : [{ name: name ?? 'default', body }]
}

function isExported(statement: Node): boolean {
  const { modifiers = [] } = statement as { readonly modifiers?: readonly Node[] }
  return modifiers.some(({ kind }) => kind === SyntaxKind.ExportKeyword)
}
