import * as z from 'zod'

/** A state of the disks of a kept recording, as it is printed when it broke a promise. */
export const ImageOf = z.strictObject({
  /** The folder, seen from the repository. */
  recording: z.string(),
  point: z.int().min(0),
  keep: z.array(z.int().min(0)),
  torn: z.tuple([z.int().min(0), z.int().min(1)]).nullable(),
})
export type ImageOf = z.infer<typeof ImageOf>
