// Runs on whatever Node (>= 20) the machine has. Installs the workspace and hands over to Node 24, which comes as an
// npm package. Plain JavaScript, no dependencies: nothing is installed yet when this runs.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const PNPM = 'pnpm@12.21.0'
const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'

/** Prints one sentence and what to do, and ends with "could not run". */
export function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}

/** Installs dependencies when the lock file has changed since the last time. */
export function install() {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major < 20) giveUp(`Node.js ${process.versions.node} is too old: install Node.js 20 or newer and try again.`)
  try {
    accessSync(root, constants.W_OK)
  } catch {
    giveUp(`The folder ${root} cannot be written: clone the project into a folder of your own and try again.`)
  }
  const stampFile = join(root, 'node_modules', '.chaos-lite-installed')
  const stamp = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  const startedMs = performance.now()
  process.stderr.write('Installing dependencies (first run, or after an update) …\n')
  const args = ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only']
  const done = spawnSync(npx, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`)
    giveUp('Installing the dependencies failed: check the network and the npm registry, then try again.')
  }
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, stamp)
  process.stderr.write(`  done in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`)
}

/** The environment in which `node`, `tsx` and the other tools are those of the workspace. */
export function toolEnv() {
  const bin = join(root, 'node_modules', '.bin')
  const separator = process.platform === 'win32' ? ';' : ':'
  return { ...process.env, PATH: `${bin}${separator}${process.env.PATH ?? ''}` }
}

/** Runs a TypeScript program of ours with Node 24 and passes on its exit code and our signals. */
export function handOver(script, args) {
  const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (!existsSync(node)) giveUp(`There is no Node 24 package for ${process.platform} ${process.arch}.`)
  const child = spawn(node, ['--import', 'tsx', join(root, script), ...args], {
    cwd: root,
    env: toolEnv(),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => giveUp(`Node 24 could not be started: ${error.message}.`))
  child.on('exit', (code) => process.exit(code ?? 1))
}
