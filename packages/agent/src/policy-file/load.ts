import { hash } from 'node:crypto'
import { formatMistake, nearestOf, readYamlAs } from '@chaos-lite/shared'
import { readOwnedFile } from '../definitions/index.ts'
import type { OwnThings } from '../host/index.ts'
import { pathsUnder } from '../paths.ts'
import type { Policy } from '../policy/index.ts'
import { oneLine } from '../text/index.ts'
import { type Danger, dangersOf } from './dangers.ts'
import { type Rules, rule } from './rulings.ts'
import { PolicyFile } from './schema.ts'

/** What a policy is checked against besides its schema. */
export interface LoadPolicyOptions {
  /** As on the Host: what belongs to the agent itself. Default: the usual folders. */
  readonly own?: OwnThings
  /** The menu: an action or exercise of another name gets a warning with the nearest one. */
  readonly known?: { readonly actions: readonly string[]; readonly exercises: readonly string[] }
}

/** A policy read from a file; its lists serve `doctor` and the offers. */
export interface HostPolicy extends Policy {
  readonly path: string
  /** Why the file cannot be believed, or null. */
  readonly broken: string | null
  readonly file: PolicyFile
  /** Lines that open more than their owner may have meant: for `doctor`. */
  dangers(): readonly Danger[]
}

const MOST_WARNINGS = 50
const nothing = PolicyFile.parse({ policy: 1 })

/**
 * Reads the host owner's policy. Never throws: without a file only harmless probes are allowed; a file that somebody
 * else could have written, or with any mistake in it, allows no more than that, and `warnings` says what to correct.
 */
export function loadPolicy(path: string, options: LoadPolicyOptions = {}): HostPolicy {
  const own = options.own ?? usualThings()
  const empty = { path, file: nothing, positions: new Map(), own, broken: null, present: false }
  const read = readOwnedFile(path, { secret: false })
  if (read.state === 'missing') {
    const text = `There is no policy at ${path}: only harmless probes are allowed; \`chaos-lite-agent policy allow\` writes one`
    return policyOf(empty, null, [text])
  }
  if (read.state === 'refused')
    return policyOf({ ...empty, broken: oneLine(read.why, 500), present: true }, null, [read.why])
  const digest = `sha256:${hash('sha256', read.bytes)}`
  const parsed = parsedPolicy(read.bytes, path, digest)
  if (!parsed.ok) {
    const mistakes = parsed.mistakes.map(formatMistake)
    const broken = oneLine(`${path} has ${mistakes.length} mistake(s), the first: ${mistakes[0] ?? ''}`, 500)
    return policyOf({ ...empty, broken, present: true }, digest, mistakes)
  }
  const { value: file, positions } = parsed
  const warnings = [...parsed.warnings.map(formatMistake), ...strangers(file, options.known)]
  return policyOf({ ...empty, file, positions, present: true }, digest, warnings)
}

/** The file is read anew for each request; the same bytes are not understood anew each time. */
let last: { readonly key: string; readonly parsed: ReturnType<typeof parse> } | null = null

function parsedPolicy(bytes: Buffer, path: string, digest: string): ReturnType<typeof parse> {
  const key = `${digest} ${path}`
  if (last?.key !== key) last = { key, parsed: parse(bytes, path) }
  return last.parsed
}

function parse(bytes: Buffer, path: string) {
  return readYamlAs(PolicyFile, bytes, path)
}

function policyOf(rules: Rules, digest: string | null, warnings: readonly string[]): HostPolicy {
  return {
    path: rules.path,
    broken: rules.broken,
    file: rules.file,
    present: rules.present,
    digest,
    warnings: warnings.slice(0, MOST_WARNINGS).map((text) => oneLine(text, 512)),
    allows: (request) => rule(rules, request),
    dangers: () => dangersOf(rules),
  }
}

function strangers(file: PolicyFile, known: LoadPolicyOptions['known']): string[] {
  if (known === undefined) return []
  return (['actions', 'exercises'] as const).flatMap((key) =>
    file[key]
      .filter((name) => !known[key].includes(name))
      .map((name) => {
        const nearest = nearestOf(name, known[key])
        const hint = nearest === null ? '' : `; did you mean ${nearest}?`
        return `${key} names ${name}, which this agent does not know${hint}`
      }),
  )
}

function usualThings(): OwnThings {
  const { config, state, runtime } = pathsUnder()
  return { paths: [config, state, runtime], names: [] }
}
