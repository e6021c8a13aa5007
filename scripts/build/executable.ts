import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bundle } from './bundle.ts'
import { digestFileOf, executableOf, nodeOf, ownTarget, type Target } from './places.ts'

const run = promisify(execFile)

/** By this mark Node.js finds out that it carries a program: https://nodejs.org/api/single-executable-applications.html */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
/** Changes when the way of building changes. */
const RECIPE = 6
/**
 * An agent waits for weeks and then works for half a second: what pays off only after a while costs more than it brings.
 * Collections by one thread, a young generation as large as a drill needs, no full collection before there is something to
 * collect; and code is compiled once, at little cost, and kept. See `docs/decisions/0007-small-files-at-once.md`.
 */
const V8_FLAGS = [
  ...['--single-threaded-gc', '--min-semi-space-size=4', '--max-semi-space-size=4', '--initial-old-space-size=64'],
  ...['--no-flush-bytecode', '--no-opt', '--no-maglev', '--no-lazy-feedback-allocation'],
]

/**
 * Makes one executable file of a bundle and the Node.js of the target. Nothing is done when the same bundle and the same
 * Node.js were made into one before. @returns whether it was made anew
 */
export async function makeExecutable(bundle: Bundle, target: Target): Promise<boolean> {
  const path = executableOf(target)
  const fingerprintFile = join(dirname(path), 'built-from.txt')
  const fingerprint = `Not the digest of the program, but of what it was built from: ${await fingerprintOf(bundle, target)}\n`
  const before = await readFile(fingerprintFile, 'utf8').catch(() => null)
  const whole = (await exists(path)) && (await exists(digestFileOf(path)))
  if (before === fingerprint && whole) return false
  const workshop = join(dirname(path), `.making-${randomBytes(4).toString('hex')}`)
  await mkdir(workshop, { recursive: true })
  try {
    const fresh = await assemble(bundle, target, workshop)
    // Whoever runs the old file goes on with it; whoever starts finds the old or the new one, never a part.
    await rename(fresh, path)
    await writeFile(digestFileOf(path), `${await sha256Of(path)}  ${basename(path)}\n`)
    await writeFile(fingerprintFile, fingerprint)
    // Its 64 digits were taken for the digest of the program.
    await rm(join(dirname(path), 'fingerprint.txt'), { force: true })
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
  return true
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

/** The digest of a file's bytes, in the digits that `sha256sum` prints. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function assemble(bundle: Bundle, target: Target, workshop: string): Promise<string> {
  const main = join(workshop, 'agent.cjs')
  const output = join(workshop, 'agent.blob')
  const config = join(workshop, 'sea.json')
  const assets = { 'rest.cjs': join(workshop, 'rest.cjs'), 'rest.cache': join(workshop, 'rest.cache') }
  await writeFile(main, bundle.main)
  await writeFile(assets['rest.cjs'], bundle.rest)
  await writeFile(assets['rest.cache'], '')
  // A code cache can only be made by, and for, the very same Node.js with the very same flags.
  const useCodeCache = target === ownTarget()
  const settings = { main, output, assets, useCodeCache, execArgv: V8_FLAGS, execArgvExtension: 'none' }
  await writeFile(config, JSON.stringify({ ...settings, disableExperimentalSEAWarning: true }))
  const node = useCodeCache ? nodeOf(target) : process.execPath
  const makeCache = fileURLToPath(new URL('make-cache.cjs', import.meta.url))
  if (useCodeCache) await run(node, [...V8_FLAGS, makeCache, assets['rest.cjs'], assets['rest.cache']])
  await run(node, [...V8_FLAGS, '--experimental-sea-config', config], { cwd: workshop })
  const fresh = join(workshop, 'chaos-lite-agent')
  await copyFile(nodeOf(target), fresh)
  await chmod(fresh, 0o755)
  // As a program of its own: it prints warnings about every stock Node.js, which matter only when it fails.
  const postject = createRequire(import.meta.url).resolve('postject/dist/cli.js')
  await run(process.execPath, [postject, fresh, 'NODE_SEA_BLOB', output, '--sentinel-fuse', FUSE])
  return fresh
}

async function fingerprintOf(bundle: Bundle, target: Target): Promise<string> {
  const node = nodeOf(target)
  const found = await stat(node).catch(() => null)
  if (!found)
    throw new Error(
      `There is no Node.js for ${target}: ${node} is missing. Install the workspace there, or leave ${target} out.`,
    )
  const version = await readFile(join(dirname(dirname(node)), 'package.json'), 'utf8')
  return createHash('sha256')
    .update(`${RECIPE}\n${target}\n${found.size}\n${version}\n${bundle.main}\n${bundle.rest}`)
    .digest('hex')
}
