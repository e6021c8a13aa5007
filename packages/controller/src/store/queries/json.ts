/** Structures are kept as JSON text. What comes back was validated before it went in. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T
}

/** The text of a JSON column. `undefined` has none: callers give null instead. */
export const toJson = (value: unknown): string => JSON.stringify(value)
