import { must } from '../must.ts'
import { run } from '../run.ts'
import { configurationFault } from './config-test.ts'
import { missingPaths, unmetConditions } from './needed-paths.ts'
import { parseShow } from './show.ts'
import { type UnitFacts, unitFacts } from './unit-facts.ts'

const queryTimeoutMs = 10_000

/** Everything that would keep systemd from starting this unit again, one sentence each. Only reads. */
export async function obstaclesOf(unit: string): Promise<readonly string[]> {
  const facts = await unitFacts(unit)
  if (facts === null) return []
  const asLoaded = [...outOfDate(unit, facts), ...transient(unit, facts), ...endsTheHost(unit, facts)]
  // What the files say would not be what is started: the rest would be judged by the wrong unit.
  if (asLoaded.length > 0) return asLoaded
  const found = await Promise.all([
    missingPaths(unit, facts),
    unmetConditions(unit, facts),
    missingAccounts(unit, facts),
    unfitRequirements(unit, facts),
  ])
  const sentences = found.flat()
  // A program that is missing has no test.
  if (sentences.length > 0) return sentences
  const fault = await configurationFault(unit, facts)
  return fault === null ? [] : [fault]
}

/** systemd forgets a stopped unit that nothing refers to, and reads its file again at the next start. */
function outOfDate(unit: string, { NeedDaemonReload, FragmentPath }: UnitFacts): readonly string[] {
  if (!NeedDaemonReload) return []
  const file = FragmentPath === '' ? 'its unit file' : FragmentPath
  // systemd 257 says so of every unit once any unit was enabled and the files were not read anew.
  const what = `${file}, a drop-in of ${unit} or what is enabled changed after systemd read it`
  return [`${what}: ${unit} may not start again as it runs now. Run "systemctl daemon-reload", then try again.`]
}

function transient(unit: string, { Transient }: UnitFacts): readonly string[] {
  return Transient ? [`${unit} is transient: it exists only while it runs, and could not be started again.`] : []
}

/** Stopping or starting it may restart the machine. */
function endsTheHost(unit: string, facts: UnitFacts): readonly string[] {
  return (['SuccessAction', 'FailureAction', 'StartLimitAction'] as const)
    .filter((setting) => facts[setting] !== 'none')
    .map((setting) => `${unit} has ${setting}=${facts[setting]}: its stop or start could end the whole host.`)
}

async function missingAccounts(unit: string, { User, Group, DynamicUser }: UnitFacts): Promise<readonly string[]> {
  if (DynamicUser) return []
  const asked = [
    ['passwd', 'User', User],
    ['group', 'Group', Group],
  ] as const
  const sentences: string[] = []
  for (const [database, setting, name] of asked) {
    if (name === '' || /^\d+$/.test(name)) continue
    const { code } = await run(['getent', database, name], { timeoutMs: queryTimeoutMs })
    // 2: one or more supplied keys could not be found.
    if (code === 2) sentences.push(`${unit} runs with ${setting}=${name}, which does not exist on this host any more.`)
  }
  return sentences
}

/** Without its requirements systemd refuses the start at once. */
async function unfitRequirements(unit: string, facts: UnitFacts): Promise<readonly string[]> {
  const required = [...new Set([...facts.Requires, ...facts.BindsTo, ...facts.Requisite])]
  if (required.length === 0) return []
  const argv = ['systemctl', 'show', '--property=Id,LoadState,ActiveState', '--', ...required] as const
  const { stdout } = await must([...argv], { timeoutMs: queryTimeoutMs })
  return parseShow(stdout).flatMap(({ Id = '', LoadState, ActiveState }, index) => {
    const asked = required[index] ?? Id
    if (LoadState === 'not-found' || LoadState === 'masked' || LoadState === 'bad-setting' || LoadState === 'error')
      return [`${unit} requires ${asked}, which is ${LoadState}: it would not be started without it.`]
    const mustRun = facts.Requisite.includes(asked) || asked.endsWith('.mount')
    if (mustRun && ActiveState !== 'active')
      return [`${unit} requires ${asked}, which is ${ActiveState} now: start it first, then try again.`]
    return []
  })
}
