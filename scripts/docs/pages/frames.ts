import { AgentFrame, ControllerFrame, closeReasons, Order } from '@chaos-lite/shared'
import * as z from 'zod'
import { fieldsTable } from '../json-schema.ts'
import { markdownPage, type Page, table } from '../page.ts'

type Variant = { readonly properties?: Record<string, { const?: unknown }> }

/** Every frame of the wire with its fields, and the close codes. What each is for stands in `protocol.md`. */
export function framesPage(): Page {
  const closeRows = Object.entries(closeReasons).map(([code, reason]) => [code, reason])
  return markdownPage('docs/reference/frames.md', [
    '# Frames',
    '',
    'The fields of every frame, generated from the schemas that both sides check. What each frame is for, and what happens when a rule is broken, stands in [protocol.md](protocol.md).',
    '',
    '## Agent to controller',
    ...variants(AgentFrame, 'type'),
    '',
    '## Controller to agent',
    ...variants(ControllerFrame, 'type'),
    '',
    '## Orders: what a command may ask',
    ...variants(Order, 'name'),
    '',
    '## Close codes',
    '',
    ...table(['Code', 'Meaning'], closeRows),
  ])
}

function variants(schema: z.ZodType, key: string): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as { anyOf?: Variant[]; oneOf?: Variant[] }
  return (json.oneOf ?? json.anyOf ?? []).flatMap((variant) => [
    '',
    `### \`${String(variant.properties?.[key]?.const)}\``,
    '',
    ...fieldsTable(variant as Record<string, unknown>),
  ])
}
