import { LineCounter, parseDocument } from 'yaml'
import type { Position } from '../mistake.ts'
import { convertNode } from './convert-node.ts'
import { excessOf } from './excess.ts'
import type { Located, Placed } from './located.ts'
import { lostText } from './lost-text.ts'
import { type SyntaxMistake, syntaxMistake } from './syntax.ts'

/** The largest drill file, in bytes of UTF-8. */
export const DRILL_MAX_BYTES = 256 * 1024
/** More mistakes of one file than this help nobody. */
const MOST_SYNTAX_MISTAKES = 20

/** What a YAML document holds. Mistakes may come beside a value: it is what could be read in spite of them. */
export interface ReadYaml {
  /** null: the text is no YAML, or holds too much to look at. */
  readonly located: Located | null
  readonly mistakes: Placed[]
  /** Text that is read as a comment, though its author may have meant it as part of a value. */
  readonly warnings: Placed[]
}

/** Reads one YAML 1.2 document (core schema) into plain values with positions. Never throws. */
export function readYaml(text: string): ReadYaml {
  const excess = excessOf(text)
  if (excess !== null) return failed([excess])
  const counter = new LineCounter()
  const at = (offset: number): Position => {
    const { line, col } = counter.linePos(offset)
    return line === 0 ? { line: 1, column: 1 } : { line, column: Math.max(1, col) }
  }
  try {
    const options = { lineCounter: counter, prettyErrors: false, uniqueKeys: false, schema: 'core' } as const
    const document = parseDocument(text, options)
    if (document.errors.length > 0) {
      const syntax = document.errors.slice(0, MOST_SYNTAX_MISTAKES)
      return failed(onePerLine(syntax.map((error) => placed(syntaxMistake({ text, document, error }), at))))
    }
    return { ...convertNode(document.contents, at), warnings: lostText(text, at) }
  } catch (error) {
    // The reader recurses: only a file nested thousands of levels deep gets here.
    if (!(error instanceof RangeError)) throw error
    return failed([placed({ offset: 0, message: 'the file is nested too deeply', expected: null }, at)])
  }
}

function failed(mistakes: Placed[]): ReadYaml {
  return { located: null, mistakes, warnings: [] }
}

/** The reader stumbles over one mistake several times: the first time says it all. */
function onePerLine(mistakes: readonly Placed[]): Placed[] {
  return [...new Map(mistakes.toReversed().map((each) => [each.line, each])).values()].toReversed()
}

function placed({ offset, message, expected }: SyntaxMistake, at: (offset: number) => Position): Placed {
  return { ...at(offset), path: '', message: `not valid YAML: ${message}`, expected, nearest: null }
}
