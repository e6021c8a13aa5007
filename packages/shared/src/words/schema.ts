import * as z from 'zod'
import type { Message, Value } from '../message.ts'
import { line } from '../primitives.ts'

const mostParameters = 16
/** Messages in messages: no text of ours needs more. */
const deepest = 3
const parameterName = z.string().regex(/^[a-zA-Z]{1,32}$/)
const code = z.string().regex(/^[a-z][a-zA-Z.-]{0,95}$/)

/** `text`: one value. `mostItems`: of a list. `levels`: how deep messages may lie in the message. */
function messageOf(text: z.ZodString, mostItems: number, levels = deepest): z.ZodType<Message> {
  const flat = [text, z.number()] as const
  // Built level by level, not lazily: what nests deeper than this is not followed at all.
  const inside = levels === 0 ? null : messageOf(text, mostItems, levels - 1)
  const value: z.ZodType<Value> =
    inside === null
      ? z.union([...flat, z.array(text).max(mostItems)])
      : z.union([...flat, z.array(z.union([text, inside])).max(mostItems), inside])
  const values = z
    .record(parameterName, value)
    .refine(
      (given) => Object.keys(given).length <= mostParameters,
      `must not have more than ${mostParameters} parameters`,
    )
  return z.strictObject({ code, values, estimates: values })
}

/** A message that another process of this host sent. */
export const MessageSchema: z.ZodType<Message> = messageOf(z.string().max(8_192), 256)

/**
 * A message as frames, facts and plans carry it, beside its English text: what a text means, for readers of another
 * language and for programs. Bounded and printable, because hosts are not trusted.
 */
export const Said: z.ZodType<Message> = messageOf(line(1024), 64).describe(
  'What the text means: its code, the values it is about, and what was measured for information',
)
