import { drillJsonSchema, type Menu } from '@chaos-lite/shared'

/** Where the schema is kept, from the top of the repository: the drills beside it point at it. */
export const DRILL_SCHEMA_FILE = 'drills/drill.schema.json'

/** The text of the drill schema: the same menu always gives the same bytes, so that a check can compare them. */
export function generateDrillSchema(menu: Menu | null): string {
  return `${JSON.stringify(drillJsonSchema(menu), null, 2)}\n`
}
