import { Labels } from '../../labels.ts'
import { type Finding, mistake, warning } from '../finding.ts'
import type { Drill, TargetSelector } from '../schema.ts'
import type { LintContext } from './lint-context.ts'

/** Groups of hosts that are unbounded, contradict themselves, or are never used. */
export function lintTargets({ drill }: LintContext): Finding[] {
  const used = usedGroups(drill)
  return Object.entries(drill.targets).flatMap(([name, target]) => {
    const path = ['targets', name]
    const unused = used.has(name) ? [] : [warning(path, `the group \`${name}\` is never used`, { at: 'key' })]
    return [...bounds(name, target, drill.limits?.hosts), ...labels(name, target), ...unused]
  })
}

function bounds(name: string, target: TargetSelector, mostHosts: number | undefined): Finding[] {
  const { exactly, atLeast, atMost } = target
  const path = ['targets', name]
  if (exactly === undefined && atMost === undefined) {
    const message = `the group \`${name}\` has no bound: it could be every host`
    return [mistake(path, message, { at: 'key', expected: '`exactly` or `atMost`' })]
  }
  if (exactly !== undefined && (atLeast !== undefined || atMost !== undefined)) {
    const message = `the group \`${name}\` has \`exactly\` and another bound`
    return [mistake(path, message, { at: 'key', expected: 'either `exactly`, or `atLeast` and `atMost`' })]
  }
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    return [mistake([...path, 'atLeast'], '`atLeast` is more than `atMost`', { expected: `at most ${atMost}` })]
  }
  const fewest = exactly ?? atLeast ?? 1
  if (mostHosts === undefined || fewest <= mostHosts) return []
  const key = exactly === undefined ? 'atLeast' : 'exactly'
  return [mistake([...path, key], `${fewest} hosts are more than limits.hosts`, { expected: `at most ${mostHosts}` })]
}

function labels(name: string, target: TargetSelector): Finding[] {
  const path = ['targets', name, 'where']
  const keys = Object.keys(target.where)
  if (keys.length === 0) {
    return [
      mistake(path, `the group \`${name}\` names no label`, {
        at: 'key',
        expected: 'at least one, such as `role: web`',
      }),
    ]
  }
  return keys
    .filter((key) => !Labels.safeParse({ [key]: '' }).success)
    .map((key) => {
      const expected = 'lower-case letters, digits, ., _ and -, beginning with a letter'
      return mistake([...path, key], `no host can carry the label \`${key.slice(0, 64)}\``, { at: 'key', expected })
    })
}

function usedGroups(drill: Drill): Set<string> {
  const probes = [...Object.values(drill.steadyState ?? {}), ...Object.values(drill.watch ?? {})]
  const steps = drill.method.flatMap((step) => ('on' in step ? [step] : []))
  return new Set([...probes, ...steps].map(({ on }) => on))
}
