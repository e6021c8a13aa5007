import * as z from 'zod'

/** Text that is safe to show anywhere: bounded, one line, no control or invisible formatting characters. */
export function line(maxChars: number) {
  return z
    .string()
    .max(maxChars)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line of printable text')
}

/** Bounded text of several lines: control characters other than tab and line feed are refused. */
export function paragraph(maxChars: number) {
  return z
    .string()
    .max(maxChars)
    .regex(/^(?:[^\p{Cc}\p{Cf}]|[\t\n])*$/u, 'must be printable text')
}

/** A whole number of milliseconds. */
export const Ms = z.int().min(0)

/** UTC milliseconds since 1970. */
export const UtcMs = z.int().min(0).max(8_640_000_000_000_000)

/** `sha256:` and 64 lower-case hexadecimal digits. */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256:<64 hex digits>')
export type Digest = z.infer<typeof Digest>

/** Runs and other records: a ULID (https://github.com/ulid/spec), so that ids sort by time. */
export const Ulid = z
  .string()
  .regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be an id such as 01ARZ3NDEKTSV4RRFFQ69G5FAV')
export type Ulid = z.infer<typeof Ulid>

/** A host: random, never derived from hardware, because cloned machines share hardware ids. */
export const HostId = z.string().regex(/^h-[0-9a-f]{24}$/, 'must be a host id such as h-0123456789abcdef01234567')
export type HostId = z.infer<typeof HostId>

/** Names inside a drill: groups, probes, steps, parameters. */
export const Name = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,62}$/, 'must begin with a letter; letters, digits, - and _ only; at most 63')
export type Name = z.infer<typeof Name>

/** A value that fits in a JSON object without nesting. */
export const Scalar = z.union([z.string().max(1024), z.number(), z.boolean(), z.null()])
export type Scalar = z.infer<typeof Scalar>

/** Parameters of an action, a probe or an exercise after `${…}` has been filled in; checked by the agent's own schema. */
export const Params = z.record(z.string().max(64), z.json())
export type Params = z.infer<typeof Params>

/**
 * The name of an account or a group, as files and directories give them: `alice`, `EXAMPLE\anna`, `domain users`,
 * `anna@example.test`, `pc01$`. It begins with a letter or digit of any script, `_` or `.`, so that no program takes it for
 * an option, a number by its sign, or a group in a rule; it is never digits only, which programs take for a number.
 */
export const accountNamePattern =
  /^(?=.*[^0-9])[\p{L}\p{N}_.](?:[\p{L}\p{M}\p{N}_.@\\+'&() -]{0,252}[\p{L}\p{M}\p{N}_.@)-])?\$?$/u
