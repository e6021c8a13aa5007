import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { mirrorsFor, proxySettings } from './mirrors.ts'
import { isAlive, thisProcess } from './owner.ts'
import { cacheDir, toolFile } from './paths.ts'
import { DPKG_OPTIONS, finishTree, PACKAGE_LIST, packageNames, SUITE } from './recipe.ts'
import { run } from './run.ts'
import { listSlots } from './slot.ts'

const BUILDING = 'building-'

/** The tree all hosts are made from, and the folder of its cache. Never written to after it is built. */
export type BaseTree = { dir: string; root: string; digest: string }

/** The base tree: the kept one if package list and recipe are the same, else a new one (about a minute). */
export async function baseTree(log: (line: string) => void = () => {}): Promise<BaseTree> {
  const digest = await recipeDigest()
  const dir = join(cacheDir(), digest)
  const tree = { dir, root: join(dir, 'root'), digest }
  if (existsSync(tree.root)) return tree
  await mkdir(cacheDir(), { recursive: true })
  await dropOldTrees()
  const work = join(cacheDir(), `${BUILDING}${thisProcess()}`)
  await mkdir(work)
  try {
    log(`building the base tree ${digest} (once; about a minute)`)
    await buildTree(join(work, 'root'))
    await publish(work, dir)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return tree
}

async function buildTree(root: string): Promise<void> {
  const packages = await packageNames()
  await run(
    [
      'mmdebstrap',
      '--quiet',
      '--mode=root',
      '--variant=minbase',
      `--include=${packages.join(',')}`,
      ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
      ...(await proxySettings()).map((setting) => `--aptopt=${setting}`),
      SUITE,
      root,
      ...(await mirrorsFor(SUITE)),
    ],
    { timeoutMs: 1_200_000 },
  )
  await finishTree(root)
}

/** The finished tree appears under its name all at once. If another process was faster, its tree stays. */
async function publish(work: string, dir: string): Promise<void> {
  await rename(work, dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

/** Trees that were never finished go; finished ones of another recipe go while no lab is up that may stand on them. */
async function dropOldTrees(): Promise<void> {
  const inUse = (await listSlots()).length > 0
  for (const name of await readdir(cacheDir())) {
    const keep = name.startsWith(BUILDING) ? isAlive(name.slice(BUILDING.length)) : inUse
    if (!keep) await rm(join(cacheDir(), name), { recursive: true, force: true })
  }
}

async function recipeDigest(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [PACKAGE_LIST, toolFile('recipe.ts')]) hash.update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}
