import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import BetterSqlite from 'better-sqlite3'
import { makeFolder } from '../make-folder.ts'
import { Counts, countsOf, inspectStore } from '../store/index.ts'
import { writeDurably } from '../tls/index.ts'
import { digestOfFile, MANIFEST, type Manifest, sync } from './manifest.ts'

/** The controller's own authority; without it every agent would have to be enrolled again. */
const AUTHORITY = ['tls/ca.pem', 'tls/ca.key']

/**
 * Backs a data folder up into a new folder: the database as it is at one moment, the authority, and a list of the files
 * with their digests. Works beside a running controller, which goes on meanwhile: reading never holds its writers. A
 * store that is damaged is refused, so that no bad backup takes the place of a good one.
 */
export function backUp(dataFolder: string, destination: string): Manifest {
  const target = resolve(destination)
  const inspected = inspectStore(dataFolder)
  if (inspected.fresh) {
    throw new ChaosError('not-found', `There is no controller in ${dataFolder}. Give its data folder with --data.`)
  }
  refuseUsed(target)
  const staging = `${target}.partial-${process.pid}`
  try {
    makeFolder(dirname(target))
    makeFolder(join(staging, 'tls'))
    chmodSync(staging, 0o700)
    copyDatabase(join(dataFolder, 'controller.db'), join(staging, 'controller.db'))
    const authority = AUTHORITY.filter((name) => existsSync(join(dataFolder, name)))
    for (const name of authority) copyFileSync(join(dataFolder, name), join(staging, name))
    const manifest = listed(staging, ['controller.db', ...authority])
    if (existsSync(target)) rmdirSync(target)
    renameSync(staging, target)
    sync(dirname(target))
    return manifest
  } catch (error) {
    rmSync(staging, { recursive: true, force: true })
    if (error instanceof ChaosError) throw error
    throw new ChaosError('storage-full', `The backup ${target} could not be written: ${sentenceOf(error)}`, {
      cause: error,
    })
  }
}

function refuseUsed(target: string): void {
  const entry = statSync(target, { throwIfNoEntry: false })
  if (entry === undefined || (entry.isDirectory() && readdirSync(target).length === 0)) return
  throw new ChaosError(
    'already-exists',
    `${target} is there already. Give a folder that does not exist: each backup has its own.`,
  )
}

/** One read transaction: whatever is written meanwhile is not in it, and nobody waits. */
function copyDatabase(from: string, to: string): void {
  const source = new BetterSqlite(from, { readonly: true, fileMustExist: true, timeout: 5_000 })
  try {
    source.prepare('VACUUM INTO ?').run(to)
  } finally {
    source.close()
  }
}

function listed(staging: string, names: readonly string[]): Manifest {
  const files = names.map((name) => {
    const path = join(staging, name)
    chmodSync(path, 0o600)
    sync(path)
    return { name, bytes: statSync(path).size, sha256: digestOfFile(path) }
  })
  const manifest: Manifest = { format: 1, madeMs: Date.now(), counts: countsIn(join(staging, 'controller.db')), files }
  writeDurably(join(staging, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, 0o600)
  sync(join(staging, 'tls'))
  return manifest
}

/** What a copied database holds; throws when it does not say which store it is of, or with which key. */
export function countsIn(file: string): Counts {
  const database = new BetterSqlite(file, { readonly: true, fileMustExist: true })
  try {
    return Counts.parse(countsOf(database))
  } finally {
    database.close()
  }
}
