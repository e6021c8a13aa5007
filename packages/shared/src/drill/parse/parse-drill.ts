import type { Menu } from '../../catalogue/menu.ts'
import type { Mistake, Position } from '../mistake.ts'
import type { Drill } from '../schema.ts'

export interface ParseOptions {
  /** The name that mistakes carry. */
  readonly file: string
  /** What hosts offer; null: names and parameters of actions, probes and exercises are not checked. */
  readonly menu: Menu | null
}

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

/** Reads a drill file. Never throws: whatever the text is, all its mistakes are returned, with their places. */
export function parseDrill(_text: string | Uint8Array, _options: ParseOptions): ParsedDrill {
  throw new Error('@TODO')
}
