import { LineCounter, parseDocument } from 'yaml'
import type { Position } from '../mistake.ts'
import { convertNode } from './convert-node.ts'
import { excessOf } from './excess.ts'
import type { Located, Placed } from './located.ts'

/** The largest drill file, in bytes of UTF-8. */
export const DRILL_MAX_BYTES = 256 * 1024
/** More mistakes of one file than this help nobody. */
const MOST_SYNTAX_MISTAKES = 20

export interface ReadYaml {
  /** null: the text is no YAML, or holds too much to look at. */
  readonly located: Located | null
  readonly mistakes: Placed[]
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
      return failed(syntax.map((error) => syntaxMistake(at(error.pos[0]), error.code, error.message)))
    }
    return convertNode(document.contents, at)
  } catch (error) {
    // The reader recurses: only a file nested thousands of levels deep gets here.
    if (!(error instanceof RangeError)) throw error
    return failed([syntaxMistake({ line: 1, column: 1 }, 'DEPTH', 'the file is nested too deeply')])
  }
}

function failed(mistakes: Placed[]): ReadYaml {
  return { located: null, mistakes }
}

function syntaxMistake(position: Position, code: string, message: string): Placed {
  const text = code === 'MULTIPLE_DOCS' ? 'a second document begins here; a file holds one drill' : message
  return {
    ...position,
    path: '',
    message: `not valid YAML: ${text.split('\n')[0] ?? ''}`,
    expected: null,
    nearest: null,
  }
}
