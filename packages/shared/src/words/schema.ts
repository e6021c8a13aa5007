import * as z from 'zod'
import { line } from '../primitives.ts'
import type { Message } from './message.ts'

const mostParameters = 16
const parameterName = z.string().regex(/^[a-zA-Z]{1,32}$/)
const code = z.string().regex(/^[a-z][a-zA-Z.-]{0,95}$/)

function valuesOf(text: z.ZodString, mostItems: number) {
  return z
    .record(parameterName, z.union([text, z.number(), z.array(text).max(mostItems)]))
    .refine(
      (values) => Object.keys(values).length <= mostParameters,
      `must not have more than ${mostParameters} parameters`,
    )
}

const fromProcess = valuesOf(z.string().max(8_192), 256)
const fromHost = valuesOf(line(1024), 64)

/** A message that another process of this host sent. */
export const MessageSchema: z.ZodType<Message> = z.strictObject({ code, values: fromProcess, estimates: fromProcess })

/**
 * A message as frames, facts and plans carry it, beside its English text: what a text means, for readers of another
 * language and for programs. Bounded and printable, because hosts are not trusted.
 */
export const Said: z.ZodType<Message> = z
  .strictObject({ code, values: fromHost, estimates: fromHost })
  .describe('What the text means: its code, the values it is about, and what was measured for information')
