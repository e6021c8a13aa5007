import canonicalize from 'canonicalize'
import { ChaosError } from './errors.ts'

/**
 * JSON as RFC 8785 writes it: keys in code-unit order at every level, no spaces, so that equal values give equal bytes.
 * Members that are `undefined` are left out. @throws ChaosError `param-invalid` for what is no JSON: a number that is not
 * finite, half of a surrogate pair, a circle
 */
export function canonicalJson(value: unknown): string {
  try {
    return canonicalize(value) ?? 'null'
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ChaosError('param-invalid', `A value cannot be written as JSON: ${why}.`, { cause })
  }
}
