import * as z from 'zod'

const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}
const SIZE = /^(\d{1,7})(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/

/** A size such as `200MB` (10⁶) or `2GiB` (2³⁰): the prefixes of IEC 80000-13. */
export const SizeText = z.string().regex(SIZE, 'must be a size such as 200MB or 2GiB')

/** Bytes of a size such as `200MB`; null when the text is no size. */
export function sizeBytes(text: string): number | null {
  const match = SIZE.exec(text)
  if (match === null) return null
  return Number(match[1]) * (UNIT_BYTES[match[2] ?? ''] ?? 0)
}
