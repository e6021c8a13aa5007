import type { Value } from '../message.ts'

/**
 * The parameters of a message in ICU format, read from its text: `{name}`, `{count, plural, …}`, `{kind, select, …}`.
 * Convention, so that a branch is never taken for a parameter: a branch holds a space or a `#`, as in `one {# line}`.
 */
export type Parameters<T extends string> = { readonly [N in Names<T>]: N extends Counted<T> ? number : Value }

type Names<T extends string> = T extends `${string}{${infer Rest}` ? NameIn<Rest> | Names<Rest> : never

type NameIn<R extends string> = R extends `${infer Inside}}${string}` ? Plain<Head<Inside>> : never
type Head<S extends string> = S extends `${infer Name},${string}` ? Name : S
type Plain<S extends string> = S extends '' | `${string} ${string}` | `${string}#${string}` | `${string}{${string}`
  ? never
  : S

/** Those that are counted or written as a number. */
type Counted<T extends string> =
  | (T extends `${string}{${infer Name}, plural,${infer Rest}` ? LastName<Name> | Counted<Rest> : never)
  | (T extends `${string}{${infer Name}, number${infer Rest}` ? LastName<Name> | Counted<Rest> : never)

type LastName<S extends string> = S extends `${string}{${infer Rest}` ? LastName<Rest> : S
