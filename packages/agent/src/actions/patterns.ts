import * as z from 'zod'

/** An entry of a policy list that names something by a pattern. */
export const NamePattern = z
  .string()
  .max(256)
  .regex(/^[^\s\p{Cc}\p{Cf}/,;]+$/u, 'must be a name, where * stands for any characters')
