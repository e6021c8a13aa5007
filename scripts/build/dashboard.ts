import { createHash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compressFiles } from './compress.ts'
import { dist, root } from './places.ts'

const out = join(dist, 'dashboard')
const sources = [
  ...['packages/dashboard', 'packages/shared/src', 'pnpm-lock.yaml'],
  ...['scripts/build/compress.ts', 'scripts/build/dashboard.ts'],
]

/** Builds the dashboard's files, also compressed, into `dist/dashboard`. Quick when nothing changed. Null where there is no dashboard. */
export async function buildDashboard(): Promise<{ readonly folder: string; readonly fresh: boolean } | null> {
  const project = join(root, 'packages/dashboard')
  if (!(await stat(join(project, 'vite.config.ts')).catch(() => null))) return null
  const fingerprintFile = join(dist, 'dashboard.built-from.txt')
  const fingerprint = await fingerprintOf()
  const before = await readFile(fingerprintFile, 'utf8').catch(() => null)
  if (before === fingerprint && (await stat(join(out, 'index.html')).catch(() => null))) {
    return { folder: out, fresh: false }
  }
  const { build } = await import('vite')
  await build({ root: project, build: { outDir: out, emptyOutDir: true }, logLevel: 'warn' })
  await compressFiles(out)
  await writeFile(fingerprintFile, fingerprint)
  return { folder: out, fresh: true }
}

async function fingerprintOf(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources)
    for (const file of await filesBelow(join(root, source))) hash.update(file).update(await readFile(file))
  return hash.digest('hex')
}

async function filesBelow(path: string): Promise<string[]> {
  const found = await stat(path)
  if (found.isFile()) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  const wanted = entries.filter(({ name }) => !['node_modules', 'test', 'dist'].includes(name))
  const nested = await Promise.all(wanted.map(({ name }) => filesBelow(join(path, name))))
  return nested.flat().sort()
}
