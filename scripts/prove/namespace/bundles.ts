import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { agentVersion } from '../../../packages/agent/src/version.ts'
import { bundleWhole } from '../../build/bundle.ts'
import { dist } from '../../build/places.ts'

const NEXT = '99.0.0'
const OLD_MS = 24 * 3_600_000

/** The agent's program, bundled as for its executable, and once more under another version. */
export interface Bundles {
  readonly current: string
  readonly next: string
  /** Where Node.js keeps the compiled code, so that a start takes half the time. */
  readonly cache: string
}

/** Bundles the agent as it is in this tree. */
export async function makeBundles(): Promise<Bundles> {
  const text = await bundleWhole()
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const folder = join(dist, 'prove', digest)
  const bundles = { current: join(folder, 'agent.cjs'), next: join(folder, 'next.cjs'), cache: join(folder, 'cache') }
  await mkdir(folder, { recursive: true })
  await utimes(folder, new Date(), new Date())
  const version = JSON.stringify(agentVersion)
  if (!text.includes(version)) throw new Error(`The bundle does not name its version ${version}.`)
  await put(bundles.current, text)
  await put(bundles.next, text.replaceAll(version, JSON.stringify(NEXT)))
  // The first start fills the cache; a struck one should not be the one that writes it.
  const env = { ...process.env, NODE_COMPILE_CACHE: bundles.cache }
  for (const bundle of [bundles.current, bundles.next]) {
    await promisify(execFile)(process.execPath, [bundle, '--version'], { env })
  }
  await dropOld(join(dist, 'prove'))
  return bundles
}

/** All at once: another proof of the same program may be starting it in this moment. */
async function put(file: string, text: string): Promise<void> {
  const fresh = `${file}.${process.pid}`
  await writeFile(fresh, text)
  await rename(fresh, file)
}

/** Bundles of other days are of other programs; one that is younger may be in use. */
async function dropOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const { mtimeMs } = await stat(join(folder, name))
    if (Date.now() - mtimeMs > OLD_MS) await rm(join(folder, name), { recursive: true, force: true })
  }
}
