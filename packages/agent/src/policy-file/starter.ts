import { ALLOW_COMMAND, ChaosError, formatMistake, nearestOf, readYamlAs } from '@chaos-lite/shared'
import type * as z from 'zod'
import { type ProfileName, profileNames, shellWord } from '../policy/index.ts'
import { ceilingFields } from './ceilings.ts'
import { profiles } from './profiles.ts'
import { PolicyFile } from './schema.ts'
import { suggestedLines } from './suggest.ts'
import { broughtLists } from './terms.ts'

/** What the installer knows or asked. The lists are added to those of the profile. */
export interface StarterAnswers {
  readonly profile: ProfileName
  readonly lists?: Partial<Record<string, readonly string[]>>
  readonly holdAtMost?: string
  /** Written into the head of the file. */
  readonly hostname?: string
}

const SINGLE: readonly string[] = [
  ...['policy', 'hours', 'holdAtMost', 'heldAtMostPerDay', 'restBetween'],
  ...Object.keys(ceilingFields),
]
const KEYS = Object.keys(PolicyFile.shape).filter((key) => !SINGLE.includes(key))
const EXAMPLES: Readonly<Record<string, string>> = {
  actions: 'service.stop',
  ...Object.fromEntries(broughtLists.map(({ key, example }) => [key, example])),
  exercises: 'backup.restore',
  names: 'erp.example.test',
  addresses: '192.0.2.0/24',
  folders: '/srv/share',
  files: '/etc/example.conf',
  accounts: 'jdoe',
  groups: 'finance',
  repositories: 'nightly',
  credentials: 'probe-user',
  probeHosts: '"*.example.test"',
  probePaths: '/srv/share',
}

/** A name typed by a person as a profile. Throws `param-invalid` with the nearest one. */
export function profileNamed(name: string): ProfileName {
  const found = profileNames.find((one) => one === name)
  if (found !== undefined) return found
  const nearest = nearestOf(name, profileNames)
  const hint = nearest === null ? '' : `; did you mean ${nearest}?`
  throw new ChaosError('param-invalid', `There is no profile ${name}${hint} (there are ${profileNames.join(', ')})`)
}

/**
 * A commented `policy.yaml` to start from: every key is there, with what it is for; what is not allowed is a comment.
 * Throws `param-invalid` when an answer could not stand in a policy.
 */
export function starterPolicy({ profile, lists = {}, holdAtMost, hostname }: StarterAnswers): string {
  const preset: Readonly<Record<string, readonly string[] | string>> = profiles[profile]
  const strange = Object.keys(lists).find((key) => !KEYS.includes(key))
  if (strange !== undefined) {
    throw new ChaosError('param-invalid', `A policy has no list ${strange} (there are ${KEYS.join(', ')})`)
  }
  const text = [
    `# What Chaos Lite may do on ${hostname ?? 'this host'}. What no line names is refused.`,
    '# Only the administrator writes this file: owner root, mode 0644. The controller can never change it.',
    '# `chaos-lite-agent doctor` shows what is refused; `chaos-lite-agent policy allow services=nginx` adds an entry.',
    '',
    'policy: 1',
  ]
  for (const key of KEYS) {
    const own = preset[key] ?? []
    const entries = [...new Set([...(typeof own === 'string' ? [] : own), ...(lists[key] ?? [])])]
    text.push('', `# ${meaningOf(key)}`)
    text.push(...(entries.length > 0 ? suggestedLines({ [key]: entries }) : [`# ${key}:`, `#   - ${EXAMPLES[key]}`]))
  }
  const ceiling = holdAtMost ?? (typeof preset.holdAtMost === 'string' ? preset.holdAtMost : '30m')
  text.push('', `# ${meaningOf('hours')}`, '# hours:')
  text.push('#   - { zone: Europe/Berlin, days: [mon, tue, wed, thu, fri], from: "08:00", to: "17:00" }')
  for (const [key, field] of Object.entries(ceilingFields)) {
    text.push('', `# ${meaningOf(key)}`, `# ${key}: ${field.parse(undefined)}`)
  }
  text.push('', `# ${meaningOf('holdAtMost')}`, `holdAtMost: ${ceiling}`)
  text.push('', `# ${meaningOf('heldAtMostPerDay')}`, '# heldAtMostPerDay: 4h')
  text.push('', `# ${meaningOf('restBetween')}`, 'restBetween: 1m', '')
  return checked(text.join('\n'))
}

/** Does a profile name this entry, so that the starter may have written it? */
export function isOfProfile(key: string, entry: string): boolean {
  return Object.values<Readonly<Record<string, readonly string[] | string>>>(profiles).some((profile) =>
    [profile[key] ?? []].flat().includes(entry),
  )
}

/**
 * The command that adds what a profile allows to a policy that is there, or null where it allows nothing. Its ceiling is
 * left out: how long a failure may stay is the owner's word, and that policy has one.
 */
export function profileCommand(
  profile: ProfileName,
  lists: Readonly<Record<string, readonly string[]>> = {},
): string | null {
  const preset: Readonly<Record<string, readonly string[] | string>> = profiles[profile]
  const entries = KEYS.flatMap((key) => {
    const own = preset[key] ?? []
    return [...(typeof own === 'string' ? [] : own), ...(lists[key] ?? [])].map((entry) => `${key}=${entry}`)
  })
  if (entries.length === 0) return null
  // A profile names what hosts of its kind may have; not each has all of it.
  return `${ALLOW_COMMAND} ${entries.map(shellWord).join(' ')} --allow-missing`
}

function checked(text: string): string {
  const parsed = readYamlAs(PolicyFile, text, 'policy.yaml')
  if (parsed.ok) return text
  const [first] = parsed.mistakes
  throw new ChaosError('param-invalid', first === undefined ? 'The answers make no policy' : formatMistake(first))
}

function meaningOf(key: string): string {
  const field = (PolicyFile.shape as Readonly<Record<string, z.ZodType>>)[key]
  return field?.description ?? key
}
