import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BaseTree } from './base-tree.ts'
import { mirrorsFor, proxySettings } from './mirrors.ts'
import { thisProcess } from './owner.ts'
import { toolFile } from './paths.ts'
import { DPKG_OPTIONS, SUITE } from './recipe.ts'
import { run } from './run.ts'

const LIST = fileURLToPath(new URL('../setup/lab-more-packages.txt', import.meta.url))
const RECIPE = toolFile('more-packages.py')

/**
 * A layer over the base tree with packages that only some hosts get: a kept one, or a new one (about ten seconds). They
 * are installed with their own scripts inside the layer, so that nothing of this machine, such as its resolv.conf, changes.
 */
export async function morePackages(base: BaseTree, log: (line: string) => void = () => {}): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [LIST, RECIPE]) hash.update(await readFile(file))
  const layer = join(base.dir, `more-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(layer)) return layer
  const work = join(base.dir, `building-more-${thisProcess()}`)
  await mkdir(work)
  try {
    log('installing more packages over the base tree (once; about ten seconds)')
    await install(work, base)
    await rename(join(work, 'upper'), layer).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error // another process was faster
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return layer
}

async function install(work: string, base: BaseTree): Promise<void> {
  const settings = [...(await proxySettings()), 'Acquire::Languages "none"']
  const options = [...settings, ...DPKG_OPTIONS.map((option) => `Dpkg::Options:: "--${option}"`)]
  const apt = options.flatMap((option) => ['-o', option.replace(/ "(.*)"$/, '=$1')])
  const python = ['python3', RECIPE, work, base.root, '/etc/resolv.conf', ...apt, '--', ...(await packages())]
  await run(['unshare', '--mount', '--propagation', 'private', '--', ...python], {
    input: `${(await mirrorsFor(SUITE)).join('\n')}\n`,
    timeoutMs: 600_000,
  })
}

async function packages(): Promise<string[]> {
  const lines = (await readFile(LIST, 'utf8')).split('\n')
  return lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '')
}
