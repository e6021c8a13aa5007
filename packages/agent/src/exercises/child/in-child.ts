import { randomBytes } from 'node:crypto'
import { ChaosError } from '@chaos-lite/shared'
import type { Message } from '@chaos-lite/shared/words'
import { repositoryNamed } from '../../backups/index.ts'
import { ownCommand } from '../../program/index.ts'
import { endUnits, exerciseUnit, hasUnits } from '../box/unit.ts'
import type { ExerciseContext, ExerciseResult } from '../exercise.ts'
import { failedRestore } from '../perform-restore.ts'
import type { RestoreParams } from '../restore-params.ts'
import { asError } from './answer.ts'
import type { ExerciseOrder, Said } from './messages.ts'
import { noteRunning } from './running.ts'
import { talk } from './talk.ts'

/** So long a child may clean up after it was asked to end. */
const CLEAN_UP_MS = 4_000

type Context = Omit<ExerciseContext, 'phase'> & Partial<Pick<ExerciseContext, 'phase'>>

/** What the exercise would do, reported by a process of its own. @throws ChaosError */
export async function describeInChild(context: Context, params: RestoreParams): Promise<readonly Message[]> {
  const said = await inChild('describe', context, params)
  if ('messages' in said) return said.messages
  throw new ChaosError('internal', 'The process that restores has said something else than it was asked')
}

/** Carries the exercise out in a process of its own, which is ended with everything that it has started. */
export async function performInChild(context: Context, params: RestoreParams): Promise<ExerciseResult> {
  try {
    const said = await inChild('perform', context, params)
    if ('result' in said) return said.result
    throw new ChaosError('internal', 'The process that restores has said something else than it was asked')
  } catch (thrown) {
    return failedRestore(context.signal, thrown)
  }
}

async function inChild(task: ExerciseOrder['task'], context: Context, params: RestoreParams) {
  const { signal, host, scratchFolder } = context
  signal.throwIfAborted()
  const name = `chaos-lite-exercise-${randomBytes(8).toString('hex')}`
  // A demo host has a root of its own, and mounts that systemd does not see.
  const units = hasUnits() && (process.env.CHAOS_LITE_ROOT ?? '') === ''
  const held = params.folder === undefined ? null : context.quarantine(params.folder)
  const order: ExerciseOrder = {
    ...{ task, name, units, params, scratchFolder },
    repository: await repositoryNamed(context.local, params.repository),
    quarantine: held && { recordId: held.recordId, movedTo: held.movedTo, recordFolder: held.recordFolder },
    own: { paths: [...host.own.paths], names: [...host.own.names] },
  }
  const own = [...ownCommand(), 'exercise'] as const
  const child = talk({
    command: units ? exerciseUnit(name, [...own]) : [...own],
    order,
    ownGroup: true,
    onPhase: (phase, tookMs) => context.phase?.(phase, tookMs),
  })
  const names = units ? [name, `${name}-database`] : []
  const end = () => {
    child.kill()
    void endUnits(names)
  }
  const forget = await note(context, name, { units: names, pid: child.pid, recordId: held?.recordId ?? null })
  const ended = child.ended
  ended.catch(() => undefined)
  const stop = () => {
    child.ask()
    setTimeout(end, CLEAN_UP_MS).unref()
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return answered(await ended)
  } finally {
    signal.removeEventListener('abort', stop)
    await endUnits(names)
    await forget()
  }
}

function answered(said: Exclude<Said, { phase: string }>) {
  if ('failed' in said) throw asError(said.failed)
  return said
}

/** Without such a note only this process could end it; then that must do. */
async function note(
  { running }: Context,
  name: string,
  { pid, ...what }: { units: string[]; pid: number | undefined; recordId: string | null },
) {
  const nothing = async () => undefined
  if (running === undefined || pid === undefined) return nothing
  return noteRunning(running.folder, name, { ...what, runId: running.runId, pid }).catch(() => nothing)
}
