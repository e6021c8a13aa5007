/** Structures are kept as JSON text. What comes back was validated before it went in. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T
}

export const toJson = (value: unknown): string => JSON.stringify(value)
