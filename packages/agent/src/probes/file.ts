import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Host, Thing } from '../host/index.ts'
import { AbsolutePath, AccountName } from '../params/index.ts'
import { oneLine } from '../text/index.ts'
import { lookAt, whyNot } from './look-at.ts'
import { defineProbe } from './probe.ts'

const Params = z.strictObject({
  path: AbsolutePath,
  as: AccountName.optional().describe('Can this account read and write it? Default: the agent itself'),
  sha256: z.boolean().optional().describe('Also the SHA-256 of the file, up to 64 MiB'),
})
const HASH_MAX_BYTES = 64 * 1024 * 1024

/** A file or folder: is it there, who can read it, how old and how large is it? Never its contents. */
export const fileProbe = defineProbe({
  name: 'file',
  summary: 'Is a file or folder there, can an account read it, how old and how large is it?',
  needs: ['files'],
  params: Params,
  value: {
    exists: 'true when there is something at the path',
    readable: 'true when the account can read it (a folder: list and enter it)',
    writable: 'true when the account can change it',
    kind: 'file, folder, link or other; null when there is nothing',
    ageMs: 'time since it was last modified',
    sizeBytes: 'size of a file; of a folder what the file system says',
    sha256: 'only when asked for: 64 hexadecimal digits, or null when too large',
  },
  expect: () => ({ exists: true, readable: true }),
  asks: ({ path }) => [{ kind: 'file', value: path }],
  timeoutMs: () => 10_000,
  reads: () => 'paths',
  async look(context, { path, as, sha256 }) {
    const { host, signal } = context
    try {
      const seen = await lookAt(context, path, async (thing) => {
        const ageMs = Math.max(0, Math.round(host.clock.wallMs() - Number(BigInt(thing.mtimeNs) / 1_000_000n)))
        const folder = thing.kind === 'folder'
        const readable = await may(host, signal, path, folder ? ['-r', '-x'] : ['-r'], as)
        const writable = await may(host, signal, path, ['-w'], as)
        await refuseExchanged(host, path, thing)
        const value = { exists: true, readable, writable, kind: thing.kind, ageMs, sizeBytes: thing.sizeBytes }
        return sha256 ? { ...value, sha256: await digest(thing) } : value
      })
      if (seen !== null) return { evaluated: true, message: null, value: seen }
      const nothing = { exists: false, readable: false, writable: false, kind: null, ageMs: null, sizeBytes: null }
      return { evaluated: true, message: null, value: sha256 ? { ...nothing, sha256: null } : nothing }
    } catch (thrown) {
      return { evaluated: false, message: `${path} cannot be looked at: ${whyNot(thrown)}` }
    }
  },
})

/** The account was asked by name, because every folder on the way counts: the name must still lead to the same thing. */
async function refuseExchanged(host: Host, path: string, { place }: Thing): Promise<void> {
  const now = await host.files.look(path, async (thing) => thing.place)
  if (now !== place) throw new Error('it was changed while it was looked at')
}

/** Asks the system itself, as the account: mode bits, ACLs and every folder on the way all count. */
async function may(host: Host, signal: AbortSignal, path: string, tests: string[], as?: string): Promise<boolean> {
  for (const test of tests) {
    const ran = await host.run(['test', test, path], {
      timeoutMs: 5_000,
      signal,
      ...(as === undefined ? {} : { as }),
    })
    // test(1) says nothing when it means no. Words come from whoever could not become the account: that proves nothing.
    if (ran.code === 1 && ran.stderr === '') return false
    if (ran.code !== 0) throw new Error(oneLine(ran.stderr) || `test ended with ${ran.code}`)
  }
  return true
}

async function digest(thing: Thing): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await thing.read(HASH_MAX_BYTES))
      .digest('hex')
  } catch {
    return null
  }
}
