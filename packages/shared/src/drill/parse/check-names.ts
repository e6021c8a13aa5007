import type { Path } from '../../path.ts'
import { type Finding, mistake } from '../finding.ts'
import { nearestOf } from '../nearest.ts'
import type { Json } from '../placeholder.ts'
import { oneOf } from './expected-of.ts'
import { isMap, listAt, mapAt, partAt, textAt } from './raw.ts'

/**
 * Names that one part of the drill uses and another declares: groups (`on`) and probes (`effect`, `abort`). Works on the
 * values as they stand, so that a mistake elsewhere hides nothing.
 */
export function checkNames(drill: Json): Finding[] {
  const groups = isMap(partAt(drill, 'targets')) ? Object.keys(mapAt(drill, 'targets')) : null
  const probes = [...Object.keys(mapAt(drill, 'steadyState')), ...Object.keys(mapAt(drill, 'watch'))]
  const findings: Finding[] = []
  const group = (of: Json, path: Path): void => {
    if (groups !== null) findings.push(...known('group', groups, textAt(of, 'on'), [...path, 'on']))
  }
  for (const section of ['steadyState', 'watch']) {
    for (const [name, use] of Object.entries(mapAt(drill, section))) group(use, [section, name])
  }
  for (const [index, step] of listAt(drill, 'method').entries()) {
    const path = ['method', index]
    group(step, path)
    findings.push(...known('probe', probes, textAt(partAt(step, 'effect'), 'probe'), [...path, 'effect', 'probe']))
  }
  for (const [index, condition] of listAt(drill, 'abort').entries()) {
    findings.push(...known('probe', probes, textAt(condition, 'probe'), ['abort', index, 'probe']))
  }
  return [...findings, ...twice(drill), ...twiceNamedSteps(drill)]
}

const WHERE = { group: 'targets', probe: 'steadyState or watch' } as const

function known(kind: 'group' | 'probe', valid: readonly string[], given: string | null, path: Path): Finding[] {
  if (given === null || valid.includes(given)) return []
  const expected = valid.length === 0 ? `a ${kind} declared under ${WHERE[kind]}; there is none` : oneOf(valid)
  return [mistake(path, `there is no ${kind} \`${given}\``, { expected, nearest: nearestOf(given, valid) })]
}

function twice(drill: Json): Finding[] {
  const steady = mapAt(drill, 'steadyState')
  return Object.keys(mapAt(drill, 'watch'))
    .filter((name) => Object.hasOwn(steady, name))
    .map((name) =>
      mistake(['watch', name], `the probe \`${name}\` stands under steadyState too`, {
        at: 'key',
        expected: 'another name',
      }),
    )
}

function twiceNamedSteps(drill: Json): Finding[] {
  const method = listAt(drill, 'method')
  const ids = method.map((step, index) => textAt(step, 'name') ?? `step-${index + 1}`)
  return method.flatMap((step, index) => {
    const name = textAt(step, 'name')
    const other = ids.findIndex((id, position) => id === name && position !== index)
    if (name === null || other === -1 || (other > index && textAt(method[other], 'name') !== null)) return []
    const message = `\`${name}\` is the name of step ${other + 1} already`
    return [mistake(['method', index, 'name'], message, { expected: 'another name' })]
  })
}
