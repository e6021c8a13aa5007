import * as z from 'zod'
import type { Message } from './message.ts'

const Values = z
  .record(
    z.string().regex(/^[a-zA-Z]{1,32}$/),
    z.union([z.string().max(8_192), z.number(), z.array(z.string().max(8_192)).max(256)]),
  )
  .refine((values) => Object.keys(values).length <= 16, 'must not have more than 16 parameters')

/** A message that another process sent. */
export const MessageSchema: z.ZodType<Message> = z.strictObject({
  code: z.string().regex(/^[a-z][a-zA-Z.-]{0,95}$/),
  values: Values,
  estimates: Values,
})
