import { createHmac } from 'node:crypto'
import type { Run, Ulid } from '@chaos-lite/shared'
import type { AlertMessage } from '../../alert-messages/index.ts'
import { randomSecret, same } from '../../secrets/index.ts'
import type { Store } from '../../store/index.ts'
import type { Runs } from '../runs.ts'
import { ALERT_ADDRESS, type Note, noteOf, tooLarge } from './note-of.ts'
import type { ReadMessage } from './reader.ts'

/** The addresses that monitoring systems call when they notice a drill's failure. */
export interface Alerts {
  /** The secret part of the address for one drill of one client: not guessable, always the same. */
  secretFor(clientId: Ulid, drill: string): string
  /**
   * Acknowledges what is awaited now under this secret, if the message says that something fires; how many. Any other
   * message is noted in the run. Unknown secrets and quiet times give 0.
   */
  receive(secret: string, message: AlertMessage): Promise<number>
  /** Notes in the run that a message was refused because of its size. */
  refused(secret: string): Promise<void>
}

interface AlertDeps {
  readonly store: Store
  /** What an incoming message may answer now. */
  readonly awaited: (drill: string, clientId: Ulid) => readonly { runId: Ulid; stepId: string }[]
  readonly read: ReadMessage
  /** The run as it is now. */
  readonly current: (runId: Ulid) => Pick<Run, 'observations'> | null
  readonly acknowledge: Runs['acknowledge']
  readonly note: Runs['note']
}

/** The secrets are derived from one key, which never leaves the store, so that none of them is stored or logged. */
export async function makeAlerts(deps: AlertDeps): Promise<Alerts> {
  const key = await deps.store.settings.setOnce('alert-key', randomSecret())
  const secretFor = (clientId: Ulid, drill: string) =>
    createHmac('sha256', key).update(`alert\n${clientId}\n${drill}`).digest('base64url')
  const meant = async (secret: string) => {
    const unended = await deps.store.runs.unended()
    return unended.find((run) => same(secretFor(run.clientId, run.drill), secret))
  }
  const noteOnce = notesOnce(deps)

  return {
    secretFor,
    async receive(secret, message) {
      const run = await meant(secret)
      if (run === undefined || deps.awaited(run.drill, run.clientId).length === 0) return 0
      const reading = await deps.read(message, run.clientId)
      // Asked again: reading takes its time.
      const waiting = deps.awaited(run.drill, run.clientId)
      if (reading.state === 'firing') {
        for (const { runId, stepId } of waiting) await deps.acknowledge(runId, stepId, reading.sender, 'webhook')
      }
      const note = noteOf(reading)
      if (note !== null) for (const runId of runsOf(waiting)) await noteOnce(runId, note)
      return reading.state === 'firing' ? waiting.length : 0
    },
    async refused(secret) {
      const run = await meant(secret)
      const waiting = run === undefined ? [] : deps.awaited(run.drill, run.clientId)
      for (const runId of runsOf(waiting)) await noteOnce(runId, tooLarge)
    },
  }
}

function runsOf(waiting: readonly { readonly runId: Ulid }[]): ReadonlySet<Ulid> {
  return new Set(waiting.map(({ runId }) => runId))
}

/** Notes each kind of message once in a run: a record must not grow with what somebody sends. */
function notesOnce({ current, note }: AlertDeps): (runId: Ulid, what: Note) => Promise<void> {
  const underWay = new Set<string>()
  return async (runId, { sentence, details }) => {
    const kind = `${runId} ${sentence}`
    const has = ({ by, note }: Run['observations'][number]) => by === ALERT_ADDRESS && note.startsWith(sentence)
    if (underWay.has(kind) || current(runId)?.observations.some(has)) return
    underWay.add(kind)
    try {
      await note(runId, `${sentence}${details}`, ALERT_ADDRESS)
    } finally {
      underWay.delete(kind)
    }
  }
}
