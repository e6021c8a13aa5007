import { sentenceOf, utcText } from '@chaos-lite/shared'
import * as z from 'zod'
import { ageOf, type DriverContext, driverOf, insideOf, repositoryNamed, type Snapshot } from '../backups/index.ts'
import { DefinedName } from '../params/index.ts'
import { oneLine } from '../text/index.ts'
import { defineProbe } from './probe.ts'

const MOST_SNAPSHOTS = 100_000
const TIMEOUT_MS = 300_000

/** How old and how large is the newest backup, beside the one before? A job that says so is not asked. */
export const backupProbe = defineProbe({
  name: 'backup',
  summary: 'How old and how large is the newest backup in a repository, beside the one before?',
  needs: [],
  params: z.strictObject({ repository: DefinedName.describe('A name from repositories.yaml on the host') }),
  value: {
    snapshots: 'how many there are',
    ageMs: 'time since the newest one was taken, or null when there is none',
    sizeBytes: 'its size, or null when unknown',
    previousSizeBytes: 'size of the one before, or null',
    sizePercent: 'the size in per cent of the one before, or null',
    takenAt: 'when the newest one was taken, UTC, or null',
  },
  expect: () => ({ ageMs: { atMost: '26h' }, snapshots: { atLeast: 1 } }),
  asks: ({ repository }) => [{ kind: 'repository', value: repository }],
  timeoutMs: () => TIMEOUT_MS,
  reads: () => 'always',
  hanging: 'not evaluated',
  async look({ host, local, signal }, params) {
    try {
      const repository = await repositoryNamed(local, params.repository)
      const inside = insideOf(repository, null)
      const context: DriverContext = { host, repository, inside, signal, cacheFolder: null }
      const all = await driverOf(repository).snapshots(context, MOST_SNAPSHOTS)
      const [newest, before] = all
      const ageMs = newest === undefined ? null : ageOf(newest.takenMs, host.clock.wallMs())
      if (newest !== undefined && ageMs === null) {
        const when = utcText(newest.takenMs)
        const text = `The newest backup in ${params.repository} says that it was taken at ${when}, in the future`
        return { evaluated: false, message: oneLine(`${text}: its age is not known`, 512) }
      }
      const sizeBytes = await sizeOf(context, newest)
      const previousSizeBytes = await sizeOf(context, before)
      return {
        evaluated: true,
        message: newest === undefined ? `There is no backup in ${params.repository}` : null,
        value: {
          snapshots: all.length,
          ageMs,
          sizeBytes,
          previousSizeBytes,
          sizePercent: sizeBytes && previousSizeBytes ? Math.round((100 * sizeBytes) / previousSizeBytes) : null,
          takenAt: newest === undefined ? null : new Date(newest.takenMs).toISOString(),
        },
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown
      return { evaluated: false, message: oneLine(sentenceOf(thrown), 512) }
    }
  },
})

async function sizeOf(context: DriverContext, snapshot: Snapshot | undefined): Promise<number | null> {
  if (snapshot === undefined) return null
  const driver = driverOf(context.repository)
  if (snapshot.sizeBytes !== null || driver.size === undefined) return snapshot.sizeBytes
  return (await driver.size(context, snapshot.id)).bytes
}
