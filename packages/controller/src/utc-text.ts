/** An instant in sentences of the controller, which knows no zone of its reader: `2026-11-30 08:19:54 UTC`. */
export function utcText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
