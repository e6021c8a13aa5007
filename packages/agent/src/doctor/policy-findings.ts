import { existsSync } from 'node:fs'
import { sentenceOf } from '@chaos-lite/shared'
import { definedNames, definitionWarnings } from '../definitions/index.ts'
import type { Host } from '../host/index.ts'
import type { Paths } from '../paths.ts'
import { unknownNames } from '../policy/index.ts'
import { entriesIn, type HostPolicy, isOfProfile, namedLists } from '../policy-file/index.ts'
import { answersTo, type Finding } from './findings.ts'

/** The policy file, what it names, and the two files that its names point into. */
export async function lookAtPolicy(policy: HostPolicy, paths: Paths, host: Host): Promise<Finding[]> {
  return [
    ...lookAtFile(policy),
    ...(await lookForStrangers(policy, host)),
    ...lookAtNames(policy, paths, 'credentials'),
    ...lookAtNames(policy, paths, 'repositories'),
  ]
}

function lookAtFile(policy: HostPolicy): Finding[] {
  const { good, note, bad } = answersTo(`owner, mode and content of ${policy.path}`)
  const first = 'chaos-lite-agent policy allow actions=service.stop services=… writes one and allows that'
  if (!policy.present) return [note('policy', `there is no ${policy.path}: only harmless probes are allowed`, first)]
  if (policy.broken !== null) {
    return policy.warnings.map((text) =>
      bad('policy', `${text}; until it is corrected nothing is allowed`, `edit ${policy.path}`),
    )
  }
  const { file } = policy
  const text = `${policy.path} allows ${counted(file.actions.length, 'action')}, ${counted(file.exercises.length, 'exercise')}, at most ${file.holdAtMost}`
  const warnings = policy.warnings.map((warning) => note('policy', warning, `edit ${policy.path}`))
  return [good('policy', text), ...warnings, ...lookForDangers(policy)]
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

/** Each with the line where it stands. The owner may have meant it: no fault, but worth a look. */
function lookForDangers(policy: HostPolicy): Finding[] {
  const { note } = answersTo(`content of ${policy.path}`)
  return policy.dangers().map(({ line, text, remedy }) => {
    const where = line === null ? policy.path : `${policy.path}:${line}`
    return note('policy', `${where}: take care: ${text}`, remedy)
  })
}

/** Entries that allow nothing, because nothing here has that name: a slip of the pen, or what a profile names besides. */
async function lookForStrangers({ file, path }: HostPolicy, host: Host): Promise<Finding[]> {
  const lists = ['services', 'accounts', 'groups', 'interfaces'].map((key) => [key, entriesIn(file, key)] as const)
  const { note } = answersTo(`the service manager, accounts, groups and interfaces, for each entry of ${path}`)
  const unknown = await unknownNames(host, Object.fromEntries(lists), namedLists)
  // What a profile wrote nobody mistyped: it names what hosts of its kind may have.
  const slips = unknown.filter(({ key, entry, text }) => text.includes('did you mean') && !isOfProfile(key, entry))
  const others = unknown.filter((one) => !slips.includes(one)).map(({ entry }) => entry)
  const found = slips.map(({ key, entry, text }) =>
    note('policy', `${key}: ${entry} allows nothing. ${text}`, `edit ${path}`),
  )
  if (others.length === 0) return found
  return [
    ...found,
    note('policy', `names what does not exist on this host, and allows nothing by it: ${others.join(', ')}`),
  ]
}

function lookAtNames(policy: HostPolicy, paths: Paths, kind: 'credentials' | 'repositories'): Finding[] {
  const { good, note, bad } = answersTo(`owner, mode and content of ${paths[kind]}`)
  try {
    const defined = definedNames(paths[kind], kind)
    const unknown = policy.file[kind].filter((name) => !defined.includes(name))
    const missing = unknown.map((name) =>
      note(kind, `the policy names ${name}, which is not defined`, `define it in ${paths[kind]}`),
    )
    const there = existsSync(paths[kind])
      ? `${defined.length} defined in ${paths[kind]}`
      : `none: there is no ${paths[kind]}`
    const cut = definitionWarnings(paths[kind], kind).map((text) => note(kind, text, `edit ${paths[kind]}`))
    return [good(kind, there), ...cut, ...missing]
  } catch (thrown) {
    return [bad(kind, sentenceOf(thrown), `edit ${paths[kind]}`)]
  }
}
