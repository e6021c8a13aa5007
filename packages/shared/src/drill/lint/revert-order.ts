import { type Finding, mistake } from '../finding.ts'
import { nearestOf } from '../nearest.ts'
import type { Step } from '../schema.ts'
import type { LintContext } from './lint-context.ts'

type Inject = Extract<Step, { inject: string }>

/**
 * An own order of rolling back: each inject by its name, once, and none that shares a host or a resource with another.
 * What the hosts alone know (groups that overlap, resources of an action) is judged when the drill is planned.
 */
export function lintRevertOrder(context: LintContext): Finding[] {
  const order = context.drill.revertOrder
  if (order === undefined) return []
  const injects = context.drill.method.filter((step): step is Inject => 'inject' in step)
  const named = new Map(injects.flatMap((step) => (step.name === undefined ? [] : [[step.name, step] as const])))
  return [
    ...order.flatMap((name, index) => wrongName(name, index, order, [...named.keys()])),
    ...missing(injects, order),
    ...order.flatMap((name, index) => shared(name, index, order, named, context)),
  ]
}

function wrongName(name: string, index: number, order: readonly string[], known: readonly string[]): Finding[] {
  const path = ['revertOrder', index]
  if (!known.includes(name)) {
    const expected = known.length === 0 ? 'names of injects; no inject has a name' : `one of ${known.join(', ')}`
    return [mistake(path, `there is no inject \`${name}\``, { expected, nearest: nearestOf(name, known) })]
  }
  if (order.indexOf(name) === index) return []
  return [mistake(path, `\`${name}\` stands twice in this order`, { expected: 'each inject once' })]
}

function missing(injects: readonly Inject[], order: readonly string[]): Finding[] {
  return injects.flatMap(({ name, inject }) => {
    if (name !== undefined && order.includes(name)) return []
    const message = name === undefined ? `an inject without a name (\`${inject}\`)` : `the inject \`${name}\``
    return [
      mistake(['revertOrder'], `${message} is missing in this order`, {
        at: 'key',
        expected: 'every inject by its name',
      }),
    ]
  })
}

/** Two injects of one group share its hosts; two that do the same share what they do it to. */
function shared(
  name: string,
  index: number,
  order: readonly string[],
  named: ReadonlyMap<string, Inject>,
  context: LintContext,
): Finding[] {
  const one = named.get(name)
  if (one === undefined || order.indexOf(name) !== index) return []
  for (const before of new Set(order.slice(0, index))) {
    const other = named.get(before)
    if (other === undefined) continue
    const what = one.on === other.on ? 'hosts' : doesTheSame(one, other, context) ? 'a resource' : null
    if (what === null) continue
    const message = `\`${name}\` and \`${before}\` share ${what}: these are rolled back newest first`
    return [mistake(['revertOrder', index], message, { expected: 'injects that share no host and no resource' })]
  }
  return []
}

function doesTheSame(one: Inject, other: Inject, { text }: LintContext): boolean {
  const [first, second] = [one, other].map((step) => text(JSON.stringify(step.with ?? {})))
  return one.inject === other.inject && first === second && !first?.includes(`\${host.`)
}
