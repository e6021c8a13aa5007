import { sentenceOf } from '@chaos-lite/shared'
import type { Paths } from '../paths.ts'
import { definedNames, type HostPolicy } from '../policy/index.ts'
import { bad, type Finding, good, note } from './findings.ts'

/** The policy file, and the two files that its names point into. */
export function lookAtPolicy(policy: HostPolicy, paths: Paths): Finding[] {
  return [
    ...lookAtFile(policy),
    ...lookAtNames(policy, paths, 'credentials'),
    ...lookAtNames(policy, paths, 'repositories'),
  ]
}

function lookAtFile(policy: HostPolicy): Finding[] {
  const starter = 'chaos-lite-agent policy starter --profile <profile>'
  if (!policy.present) return [note('policy', `no ${policy.path}: only harmless probes are allowed`, starter)]
  if (policy.broken !== null) return policy.warnings.map((text) => bad('policy', text, `mend ${policy.path}`))
  const { file } = policy
  const text = `${policy.path} allows ${file.actions.length} actions, ${file.exercises.length} exercises, at most ${file.holdAtMost}`
  const warnings = policy.warnings.map((warning) => note('policy', warning, `mend ${policy.path}`))
  return [good('policy', text), ...warnings, ...lookForDangers(policy)]
}

/** Each with the line where it stands. The owner may have meant it: no fault, but worth a look. */
function lookForDangers(policy: HostPolicy): Finding[] {
  return policy.dangers().map(({ line, text, mend }) => {
    const where = line === null ? policy.path : `${policy.path}:${line}`
    return note('policy', `${where}: take care: ${text}`, mend)
  })
}

function lookAtNames(policy: HostPolicy, paths: Paths, kind: 'credentials' | 'repositories'): Finding[] {
  try {
    const defined = definedNames(paths[kind], kind)
    const unknown = policy.file[kind].filter((name) => !defined.includes(name))
    const missing = unknown.map((name) =>
      note(kind, `the policy names ${name}, which is not defined`, `define it in ${paths[kind]}`),
    )
    return [good(kind, `${defined.length} defined in ${paths[kind]}`), ...missing]
  } catch (thrown) {
    return [bad(kind, sentenceOf(thrown), `mend ${paths[kind]}`)]
  }
}
