import type { Metadata } from './image.ts'

/** One thing that is held open while it is looked at. */
export interface Thing {
  /** Where it really lies; `…(deleted)` once its name is gone. */
  readonly place: string
  readonly kind: Metadata['kind']
  readonly mtimeNs: string
  readonly sizeBytes: number
  /** As `Files.read`. */
  read(maxBytes: number): Promise<Buffer>
}
