/** Where a tool may write what it needs for a moment: in a box, everything else is read-only. */
export function temporary(): Record<string, string> {
  const { TMPDIR } = process.env
  return TMPDIR === undefined ? {} : { TMPDIR }
}
