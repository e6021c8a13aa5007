import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { agentVersion } from '../../../packages/agent/src/version.ts'
import { bundleWhole } from '../../build/bundle.ts'
import { dist } from '../../build/places.ts'
import { provedNamed } from '../actions.ts'
import { rehearsal } from '../perform.ts'
import { policyFor } from '../proved.ts'

const NEXT = '99.0.0'
const OLD_MS = 24 * 3_600_000
const LOADER = fileURLToPath(new URL('load-agent.cjs', import.meta.url))

/** The agent's program, bundled as for its executable, and once more under another version. */
export interface Bundles {
  readonly current: string
  readonly next: string
}

/** Bundles the agent as it is in this tree. */
export async function makeBundles(): Promise<Bundles> {
  const [text, loader] = await Promise.all([bundleWhole(), readFile(LOADER, 'utf8')])
  const digest = createHash('sha256').update(`${loader}${text}`).digest('hex').slice(0, 12)
  const folder = join(dist, 'prove', digest)
  const bundles = { current: join(folder, 'agent.cjs'), next: join(folder, 'next.cjs') }
  await mkdir(folder, { recursive: true })
  await utimes(folder, new Date(), new Date())
  const version = JSON.stringify(agentVersion)
  if (!text.includes(version)) throw new Error(`The bundle does not name its version ${version}.`)
  const next = text.replaceAll(version, JSON.stringify(NEXT))
  for (const [bundle, program] of [
    [bundles.current, text],
    [bundles.next, next],
  ] as const) {
    await put(`${bundle}.program`, loadable(program))
    await put(bundle, loader)
    await compile(bundle)
  }
  await dropOld(join(dist, 'prove'))
  return bundles
}

/** Lets it run once, on a simulated host, and keeps what Node.js compiled: every other start takes half the time. */
async function compile(bundle: string): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'chaos-lite-compile-'))
  try {
    await mkdir(join(place, 'etc/chaos-lite'), { recursive: true })
    await writeFile(join(place, 'etc/hosts'), '127.0.0.1 localhost\n')
    await writeFile(join(place, 'etc/chaos-lite/policy.yaml'), policyFor([provedNamed('hosts.override')]))
    const args = rehearsal({ action: 'hosts.override', scene: 0 }, { do: 'rehearse', holdMs: 30 })
    const own = {
      CHAOS_LITE_ROOT: place,
      CHAOS_LITE_SIMULATED: 'yes',
      COMPILED_INTO: `${bundle}.compiled.${process.pid}`,
    }
    await promisify(execFile)(process.execPath, [bundle, ...args], { env: { ...process.env, ...own } })
    await rename(own.COMPILED_INTO, `${bundle}.compiled`)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/**
 * As the loader takes it: a function, in ASCII. A single letter of another alphabet makes a text of two bytes a letter of
 * all of it, and to read that was a sixth of each start.
 */
function loadable(program: string): string {
  const ascii = program.replace(/[^\0-\x7F]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `(function (exports, require, module, __filename) {${ascii}\n})`
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
