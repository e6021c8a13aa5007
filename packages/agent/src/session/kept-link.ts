import { dirname } from 'node:path'
import { Extensions, HostId } from '@chaos-lite/shared'
import { SealState } from '@chaos-lite/shared/sealed'
import * as z from 'zod'
import { makeFolder } from '../durable/index.ts'
import type { Kept } from '../link/index.ts'
import { readFile, removeFile, unlink, writeFile } from '../small-files/index.ts'
import { agentVersion } from '../version.ts'

/** What this part leaves behind when it goes to rest: a file for root only, gone with the next start of the machine. */
const KeptFile = z.strictObject({
  format: z.literal(1),
  agentVersion: z.string().max(64),
  link: z
    .strictObject({
      hostId: HostId,
      channelId: z.string().regex(/^[0-9a-f]{32}$/),
      state: z.enum(['open', 'pending']),
      session: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
      extensions: Extensions,
      seal: SealState,
    })
    .nullable(),
})

/** What an earlier process of the service left behind when it went to rest. `link` null: there was no connection. */
export interface LastRest {
  /** An earlier process of this version went to rest in good order: this one only goes on. */
  readonly rested: boolean
  readonly link: Kept | null
}

/** Takes what was left: it is good for one process. Anything that is not as it was written counts as nothing. */
export async function takeLastRest(file: string): Promise<LastRest> {
  const none: LastRest = { rested: false, link: null }
  try {
    const text = await readFile(file, 'utf8')
    await unlink(file)
    const left = KeptFile.parse(JSON.parse(text))
    return left.agentVersion === agentVersion ? { rested: true, link: left.link } : none
  } catch {
    return none
  }
}

/** Leaves word for the next process. @throws when it cannot be written; then this process stays. */
export async function leaveRest(file: string, link: Kept | null): Promise<void> {
  await makeFolder(dirname(file))
  await writeFile(file, JSON.stringify(KeptFile.parse({ format: 1, agentVersion, link })), { mode: 0o600 })
}

/** This process did not go to rest after all. */
export async function takeBackRest(file: string): Promise<void> {
  await removeFile(file)
}
