import { ChaosError, formatMistake, readYamlAs } from '@chaos-lite/shared'
import type * as z from 'zod'
import type { Paths } from '../paths.ts'
import {
  type CredentialDefinition,
  CredentialsFile,
  RepositoriesFile,
  type RepositoryDefinition,
} from './definitions.ts'
import { readOwnedFile } from './owned-file.ts'

/** Secrets and backup repositories are names defined on the host; the controller never sends them. */
export interface LocalDefinitions {
  /** Null when no such name is defined. Throws when the file cannot be trusted or read. */
  credential(name: string): Promise<CredentialDefinition | null>
  repository(name: string): Promise<RepositoryDefinition | null>
}

/**
 * Reads `credentials.yaml` and `repositories.yaml` each time they are asked for, so that a change needs no restart. Both
 * must belong to root and be readable by nobody else (mode 0600): they hold passwords, or the keys of a backup store.
 */
export function localDefinitions(paths: Pick<Paths, 'credentials' | 'repositories'>): LocalDefinitions {
  return {
    credential: async (name) => entryOf(read(paths.credentials, CredentialsFile), name),
    repository: async (name) => entryOf(read(paths.repositories, RepositoriesFile), name),
  }
}

/** What is defined on this host: names only, for `doctor` and the inventory. */
export function definedNames(path: string, kind: 'credentials' | 'repositories'): readonly string[] {
  return Object.keys(kind === 'credentials' ? read(path, CredentialsFile) : read(path, RepositoriesFile))
}

/** Values of these files that a `#` cuts short, as sentences. They show nothing of the text: it may be part of a password. */
export function definitionWarnings(path: string, kind: 'credentials' | 'repositories'): readonly string[] {
  const { warnings } = kind === 'credentials' ? parse(path, CredentialsFile) : parse(path, RepositoriesFile)
  const message = 'the text from `#` on is a comment, not part of the value'
  return warnings.map((warning) => formatMistake({ ...warning, message }))
}

function read<T>(path: string, schema: z.ZodType<Record<string, T>>): Record<string, T> {
  return parse(path, schema).value
}

function parse<T>(path: string, schema: z.ZodType<Record<string, T>>) {
  const file = readOwnedFile(path, { secret: true })
  if (file.state === 'missing') return { value: {}, warnings: [] }
  if (file.state === 'refused') throw new ChaosError('not-allowed', `${file.why}; its contents are not used`)
  const parsed = readYamlAs(schema, file.bytes, path)
  if (parsed.ok) return parsed
  const [first] = parsed.mistakes
  throw new ChaosError('param-invalid', first === undefined ? `${path} cannot be read` : formatMistake(first))
}

function entryOf<T>(entries: Record<string, T>, name: string): T | null {
  return Object.hasOwn(entries, name) ? (entries[name] ?? null) : null
}
