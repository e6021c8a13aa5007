import { dirname } from 'node:path'
import type { Command } from '@chaos-lite/shared'
import { makeFolder } from '../durable/index.ts'
import { type OpenFile, open, readFile, rename } from '../small-files/index.ts'

const LONGEST_BYTES = 512 * 1024
const REMEMBERED = 20_000

/** Which commands came to this host: kept on disk, so that none is executed twice, and so that its owner can read it. */
export interface CommandLog {
  has(commandId: string): boolean
  /** Durable when it returns. After a failure the command still counts as seen. */
  add(command: Command, wallMs: number): Promise<void>
  close(): Promise<void>
}

/** Opens `commands.jsonl`; the part of before is kept once, as `commands.jsonl.1`. */
export async function openCommandLog(path: string): Promise<CommandLog> {
  await makeFolder(dirname(path))
  const seen = new Set<string>()
  for (const file of [`${path}.1`, path]) for (const id of await idsIn(file)) remember(seen, id)
  let handle: OpenFile = await open(path, 'a', 0o600)
  let size = (await handle.stat()).size
  let last: Promise<void> = Promise.resolve()

  const write = async (text: string) => {
    if (size > LONGEST_BYTES) {
      await handle.close()
      await rename(path, `${path}.1`)
      handle = await open(path, 'a', 0o600)
      size = 0
    }
    await handle.writeFile(text)
    await handle.datasync()
    size += Buffer.byteLength(text)
  }

  return {
    has: (commandId) => seen.has(commandId),
    add({ commandId, session, order }, wallMs) {
      remember(seen, commandId)
      const runId = 'runId' in order ? order.runId : null
      const stepId = 'stepId' in order ? order.stepId : null
      // The line end comes first as well: a torn line of before must not swallow this one.
      const text = `\n${JSON.stringify({ wallMs, commandId, session, order: order.name, runId, stepId })}\n`
      const turn = last.then(() => write(text))
      last = turn.catch(() => {})
      return turn
    },
    async close() {
      await last
      await handle.close()
    },
  }
}

async function idsIn(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return [...text.matchAll(/"commandId":"([0-9A-Z]{26})"/g)].map((match) => match[1] ?? '')
}

function remember(seen: Set<string>, id: string): void {
  seen.add(id)
  if (seen.size <= REMEMBERED) return
  const [oldest] = seen
  if (oldest !== undefined) seen.delete(oldest)
}
