import { statfs } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../../host/index.ts'
import { asError } from '../child/answer.ts'
import type { Done, Work } from '../child/messages.ts'
import { talk } from '../child/talk.ts'
import { namespaceCommand } from './namespace.ts'
import { rulesFor } from './rules.ts'
import { databaseUnit, endUnits } from './unit.ts'
import { doWork, type Phase } from './work.ts'

/** This much of a file system stays free whatever is restored. */
export const RESERVE_BYTES = 256 * 1024 * 1024
/** The reserve is watched while something is restored, because what a backup says of its size need not be true. */
const WATCH_MS = 50
const WATCHED_BYTES = RESERVE_BYTES / 2
const WATCHED_FILES = 1_000
const END_MS = 10_000

/**
 * What one box may write to, and who is notified of its phases. Everything else on the host is read-only there, or
 * hidden.
 */
export interface BoxOptions {
  /** The folders that may be written to. */
  readonly writable: readonly string[]
  /** They lie beside live data, where what is restored stays. */
  readonly place: boolean
  readonly phase: Phase
  readonly signal: AbortSignal
}

/** Where work with backups is done. */
export interface Boxes {
  do(work: Work, options: BoxOptions): Promise<Done>
}

/** For a simulated host, which touches its own folder only, and for tests of what is done inside. */
export function noBox(host: Host): Boxes {
  return { do: (work, { phase, signal }) => doWork(work, host, phase, signal) }
}

/**
 * In processes of their own that can write nothing but their target, and that are ended with everything that they
 * started: a mount namespace for files, a transient unit with an account of its own for a database server.
 */
export function realBoxes(place: { readonly name: string; readonly units: boolean }): Boxes {
  return {
    async do(work, options) {
      const unit = work.kind === 'restore' && work.repository.driver === 'postgres' ? `${place.name}-database` : null
      const command =
        unit === null
          ? namespaceCommand(rulesFor(work, options.writable, options.place))
          : await databaseUnit({ unit, owner: place.name, units: place.units, work, writable: options.writable })
      const child = talk({ command, order: work, ownGroup: false, onPhase: options.phase })
      const end = () => {
        child.kill()
        if (unit !== null) void endUnits([unit])
      }
      const full = watchRoom(options.writable, end)
      options.signal.addEventListener('abort', end, { once: true })
      if (options.signal.aborted) end()
      try {
        const said = await child.ended
        if ('failed' in said) throw asError(said.failed)
        if (!('done' in said) || said.done.kind !== work.kind) throw new Error('the worker said something else')
        return said.done
      } catch (thrown) {
        options.signal.throwIfAborted()
        if (full.seen) throw noRoom()
        throw thrown
      } finally {
        full.stop()
        options.signal.removeEventListener('abort', end)
        if (unit !== null) await nothingLeft(unit)
      }
    },
  }
}

/** Also after its own end: a unit is over when no process of it is there any more. */
async function nothingLeft(unit: string): Promise<void> {
  if (await endUnits([unit], END_MS)) return
  throw new ChaosError('tool-failed', `A process that the restored data has started cannot be ended: see unit ${unit}`)
}

function watchRoom(folders: readonly string[], onFull: () => void): { readonly seen: boolean; stop(): void } {
  const state = { seen: false, stop: () => clearInterval(timer) }
  // Private temporary folders of a unit lie there as well.
  const watched = folders.length === 0 ? [] : [...folders, '/tmp', '/var/tmp']
  let looking = false
  const timer = setInterval(async () => {
    // One look at a time: where one does not return, more of them would only take the threads of this process.
    if (looking) return
    looking = true
    const full = await Promise.all(watched.map(isFull))
    looking = false
    if (!full.includes(true) || state.seen) return
    state.seen = true
    state.stop()
    onFull()
  }, WATCH_MS)
  return state
}

async function isFull(folder: string): Promise<boolean> {
  const room = await statfs(folder).catch(() => null)
  if (room === null || room.blocks === 0) return false
  // A small file system may be smaller than the reserve: there a sixteenth of it counts.
  const least = Math.min(WATCHED_BYTES, (room.blocks * room.bsize) / 16)
  const fewFiles = room.files > 0 && room.ffree < Math.min(WATCHED_FILES, room.files / 16)
  return room.bavail * room.bsize < least || fewFiles
}

function noRoom(): ChaosError {
  return new ChaosError('storage-full', 'The restore was ended because the room that this host keeps free was reached')
}
