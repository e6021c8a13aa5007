import { hostname } from 'node:os'
import { join } from 'node:path'
import { ChaosError, nearestOf } from '@chaos-lite/shared'
import { definedNames } from '../definitions/index.ts'
import type { Host } from '../host/index.ts'
import { kernelLocker } from '../lock/index.ts'
import { unknownNames } from '../policy/index.ts'
import { type Addition, type Allowed, additionOf, allowInPolicy, namedLists } from '../policy-file/index.ts'
import { EXIT, type ExitCode, type Terminal, type World } from '../world.ts'

/**
 * Additions to the policy file. `allowMissing`: also names that do not exist on this host, which are often typing
 * errors.
 */
export interface PolicyAllowOptions {
  /** `KEY=VALUE`, as given. */
  readonly entries: readonly string[]
  readonly dryRun: boolean
  readonly allowMissing: boolean
  readonly json: boolean
}

/** As many as one command may add. */
const MOST_ENTRIES = 200

/** The owner of the host allows more on it. @throws ChaosError, and then the policy is as it was */
export async function policyAllow(world: World, options: PolicyAllowOptions, terminal: Terminal): Promise<ExitCode> {
  const { entries, dryRun, allowMissing, json } = options
  if (entries.length > MOST_ENTRIES) throw new ChaosError('too-many', `At most ${MOST_ENTRIES} entries at once.`)
  const additions = entries.map(additionOf)
  await using agent = await world.agent()
  if (!allowMissing) await refuseUnknown(world, agent.host, additions)
  const { policy: path, runtime } = world.paths
  const done = await allowInPolicy({
    path,
    files: await filesOf(agent.host),
    locker: kernelLocker(join(runtime, 'policy-lock')),
    additions,
    dryRun,
    hostname: hostname(),
    nowMs: Date.now(),
  })
  if (json) terminal.out(JSON.stringify({ ok: true, ...done }))
  else for (const line of linesOf(done)) terminal.out(line)
  return EXIT.ok
}

/** The policy is a file of this machine, also where everything else is simulated. */
async function filesOf(host: Host): Promise<Host['files']> {
  if (host.platform !== 'simulated') return host.files
  return (await import('../host/linux/files/index.ts')).linuxFiles
}

function linesOf({ path, outcome, added, already, preview, kept }: Allowed): string[] {
  const text = ({ key, value }: Addition) => `${key}=${value}`
  const known = already.map((each) => `Already allowed: ${text(each)}`)
  if (outcome === 'already allowed') return [...known, `${path} was not changed.`]
  const what = {
    changed: `Changed ${path}:`,
    created: `There was no ${path}. Wrote it, with a comment for each key:`,
    'would change': `Would change ${path}:`,
    'would create': `There is no ${path}. Would write it, with a comment for each key:`,
  }[outcome]
  const end = outcome.startsWith('would')
    ? ['Nothing was changed.']
    : [
        ...added.map((each) => `Allowed: ${text(each)}`),
        ...(kept === null ? [] : [`The version before is kept as ${kept}.`]),
      ]
  return [...known, what, ...preview.map((line) => `  ${line}`), ...end]
}

/** What names nothing here allows nothing: it is a slip of the pen, or it is still to come. */
async function refuseUnknown(world: World, host: Host, additions: readonly Addition[]): Promise<void> {
  const lacking: Record<string, string[]> = {}
  for (const { key, value } of additions) lacking[key] = [...(lacking[key] ?? []), value]
  const unknown = [
    ...(await notInMenu(lacking)),
    ...notDefined(world, lacking),
    ...(await unknownNames(host, lacking, namedLists)).map(({ text }) => text),
  ]
  if (unknown.length === 0) return
  const advice = 'Nothing was changed. Correct the name, or add --allow-missing for what is still to come'
  throw new ChaosError('not-there', `${unknown.join(' ')} ${advice}.`)
}

async function notInMenu({ actions = [], exercises = [] }: Record<string, string[]>): Promise<string[]> {
  const menu = await import('../menu.ts')
  const unknown = (word: string, given: readonly string[], all: readonly { readonly name: string }[]) => {
    const names = all.map(({ name }) => name)
    return given
      .filter((name) => !names.includes(name))
      .map((name) => `This agent knows no ${word} "${name}"${hintOf(name, names, `; it knows ${names.join(', ')}.`)}`)
  }
  return [...unknown('action', actions, menu.actions), ...unknown('exercise', exercises, menu.exercises)]
}

function notDefined({ paths }: World, lacking: Record<string, string[]>): string[] {
  return (['credentials', 'repositories'] as const).flatMap((kind) => {
    const given = lacking[kind] ?? []
    if (given.length === 0) return []
    const names = definedNames(paths[kind], kind)
    return given
      .filter((name) => !names.includes(name))
      .map((name) => `${paths[kind]} does not define "${name}"${hintOf(name, names, '.')}`)
  })
}

function hintOf(name: string, names: readonly string[], otherwise: string): string {
  const nearest = nearestOf(name, names)
  return nearest === null ? otherwise : `; did you mean "${nearest}"?`
}
