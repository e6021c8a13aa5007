import { hash, randomBytes } from 'node:crypto'
import { cpSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Controller } from '../../src/start-controller.ts'
import { chainOf, newEpoch } from './lines.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Every file of a folder with the digest of its exact bytes. */
export function bytesOf(folder: string): Record<string, string> {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    found.map((name) => {
      const path = join(folder, name)
      return [name, lstatSync(path).isFile() ? hash('sha256', readFileSync(path)) : 'no file']
    }),
  )
}

/** Some facts of one host. */
export async function ingestSome({ store }: Pick<Controller, 'store'>, count = 20): Promise<void> {
  const { clientId } = await store.clients.first()
  const hostId = `h-${randomBytes(12).toString('hex')}`
  await store.hosts.add({
    ...{
      hostId,
      clientId,
      name: 'srv-01',
      labels: {},
      state: 'approved',
      publicKey: randomBytes(32).toString('base64'),
    },
    ...{ enrolledMs: 1, lastSeenMs: null, inventory: null },
  })
  await store.facts.ingest(hostId, clientId, chainOf(newEpoch(), count), 1)
}

/** A copy of a folder as it is at this moment, log included: what is left when the machine dies. */
export function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'data')
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('controller.lock') })
  return copy
}
