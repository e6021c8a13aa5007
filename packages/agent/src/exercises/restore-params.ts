import * as z from 'zod'
import { AbsolutePath, DefinedName } from '../params/index.ts'

/** What `backup.restore` is given. Repositories are named, never addressed: their owner defines where they are. */
export const RestoreParams = z.strictObject({
  repository: DefinedName.describe('A name from repositories.yaml on the host'),
  folder: AbsolutePath.optional().describe('The live folder to restore; default: all that the repository holds'),
  into: z
    .enum(['scratch', 'place'])
    .optional()
    .describe(
      'scratch (default): restored, compared, wiped. place: takes the place of a quarantined folder; the copy is for reading only',
    ),
  sample: z
    .int()
    .min(1)
    .max(500_000)
    .optional()
    .describe('Compare the bytes of this many files only; of the rest kind, size and owner'),
  check: z.boolean().optional().describe("Also run the backup tool's own check of the repository (restic, borg)"),
})
export type RestoreParams = z.infer<typeof RestoreParams>
