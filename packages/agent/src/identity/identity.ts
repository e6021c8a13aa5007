import type { KeyObject } from 'node:crypto'
import { dirname, join } from 'node:path'
import { ChaosError, HostId, Labels, PublicKey, sentenceOf } from '@chaos-lite/shared'
import * as z from 'zod'
import { makeFolder, syncFolder } from '../durable/index.ts'
import { enrolCommand } from '../net/index.ts'
import { open, readFile, rename, stat } from '../small-files/index.ts'
import { keyFromPem } from './keys.ts'

/** The identity file: the host's key, who it is, and which controller it obeys. Mode 0600; never sent, never logged. */
const IdentityFile = z.strictObject({
  format: z.literal(1),
  hostId: HostId,
  controllerUrl: z.string().max(2048),
  /** Pinned at enrolment: only commands signed with this key are obeyed. */
  controllerKey: PublicKey,
  privateKeyPem: z.string().max(4096),
  /** PEM text of the authority that the controller's certificate must come from; null: the system's own authorities. */
  caPem: z.string().max(262_144).nullable(),
  labels: Labels,
  enrolledMs: z.int().min(0),
})
/** The identity as its file holds it, before its keys are read. */
export type IdentityFile = z.infer<typeof IdentityFile>

/** Who this host is to its controller. The private key never leaves the host. */
export interface Identity {
  readonly hostId: string
  readonly controllerUrl: string
  readonly controllerKey: string
  readonly privateKey: KeyObject
  /** The authority that the controller's certificate must come from; null: those of the system. */
  readonly caPem: string | null
  readonly labels: Labels
}

/** As it lies on disk: with when it was made. */
export interface KeptIdentity extends Identity {
  readonly enrolledMs: number
}

/** Reads the identity, or null where this host was never enrolled. Refuses a file that others could read. */
export async function readIdentity(file: string): Promise<KeptIdentity | null> {
  return readAs(file, ({ privateKeyPem, format: _, ...rest }) => ({
    ...rest,
    privateKey: keyFromPem(privateKeyPem),
  }))
}

/** As `readIdentity`, but only which controller this host obeys: each inject asks, and a key takes its time to be made. */
export function readControllerUrl(file: string): Promise<string | null> {
  return readAs(file, ({ controllerUrl }) => controllerUrl)
}

async function readAs<T>(file: string, as: (found: IdentityFile) => T): Promise<T | null> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new ChaosError('internal', `The identity ${file} cannot be read: ${sentenceOf(error)}`, { cause: error })
  })
  if (!found) return null
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    throw new ChaosError(
      'internal',
      `The identity ${file} is open to others (mode ${(found.mode & 0o777).toString(8)}); its key may be known to them. Enrol this host again (${enrolCommand(null)}), then revoke the old host at the controller.`,
    )
  }
  try {
    return as(IdentityFile.parse(JSON.parse(await readFile(file, 'utf8'))))
  } catch (cause) {
    // The cause may repeat parts of the file, and the file holds a secret.
    throw new ChaosError(
      'internal',
      `The identity ${file} is damaged (${cause instanceof z.ZodError ? (cause.issues[0]?.path.join('.') ?? 'form') : 'not JSON, or no key'}). Enrol this host again: ${enrolCommand(null)}`,
    )
  }
}

/** Writes the identity so that it survives a power cut, and so that at no moment others can read it. */
export async function writeIdentity(file: string, identity: IdentityFile): Promise<void> {
  const folder = dirname(file)
  await makeFolder(folder)
  const temporary = join(folder, `.identity-${process.pid}.new`)
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(`${JSON.stringify(IdentityFile.parse(identity), null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  await syncFolder(folder)
}
