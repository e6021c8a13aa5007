import { type FSWatcher, watch } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import {
  builtInMenu,
  ChaosError,
  type Digest,
  type Drill,
  formatMistake,
  kindOf,
  type Menu,
  type Mistake,
  sentenceOf,
} from '@chaos-lite/shared'
import type { DrillView } from '@chaos-lite/shared/api'
import { sha256 } from '../secrets/index.ts'
import { turn } from '../turn.ts'
import { OWN_WORK, type ReadDrill, tasks, type Workers } from '../workers/index.ts'
import { checkedMenu } from './known-menu.ts'

/** The drill files of one folder. */
export interface Drills {
  all(): readonly DrillView[]
  /** Throws `not-found`. */
  view(name: string): DrillView
  /** A drill without mistakes. Throws `not-found`, or `drill-invalid` with the mistakes. */
  plannable(name: string): Promise<{ readonly drill: Drill; readonly digest: Digest }>
  /** Reads the folder again. */
  reload(): Promise<void>
  /** All the mistakes of a text that `key` sent; nothing is kept. Throws `timed-out` and `too-many`. */
  validate(source: string, file: string, key: string): Promise<readonly Mistake[]>
  close(): void
}

interface Loaded {
  readonly view: DrillView
  /** The drill by its grammar alone: what hosts offer changes as they come and go. */
  readonly drill: Drill | null
  /** How mistakes name the file. */
  readonly file: string
}

/** Where drill files come from, and who reads them. `onProblem` gets a sentence for the log. */
export interface DrillsOptions {
  readonly folder: string
  /** What hosts offer now, to check names and parameters against before planning; null while there is none. */
  readonly menu: () => Menu | null
  readonly workers: Workers
  readonly onProblem: (message: string) => void
}

const MAX_FILES = 1000
const MAX_BYTES = 256 * 1024
/** Longer texts are read beside the event loop: in the worst case this many take it for some 20 ms. */
const READ_HERE_CHARS = 4 * 1024
/** Editors write a file in several steps; it is read when they are through. */
const SETTLE_MS = 200

/** Reads the folder, and reads it again whenever it changes. A file with mistakes is listed with them. */
export async function loadDrills(options: DrillsOptions): Promise<Drills> {
  let known = await readFolder(options)
  let menu = options.menu()
  const reload = async () => {
    menu = options.menu()
    known = await readFolder(options).catch((error: unknown) => {
      options.onProblem(`The drills in ${options.folder} could not be read again: ${sentenceOf(error)}`)
      return known
    })
  }
  const watcher = onChange(options.folder, () => void reload(), options.onProblem)
  /** A host that offers what no other did may make a mistake none. */
  const looked = () => {
    if (menu !== options.menu() && [...known.values()].some(isOfMenu)) void reload()
    return known
  }
  const find = (name: string): Loaded => {
    const found = looked().get(name)
    if (!found) throw new ChaosError('not-found', `There is no drill called ${JSON.stringify(name.slice(0, 64))}.`)
    return found
  }
  return {
    all: () => [...looked().values()].map((loaded) => loaded.view),
    view: (name) => find(name).view,
    async plannable(name) {
      const { view, drill, file } = find(name)
      const mistakes = await mistakesFor(options, view, file)
      if (drill && mistakes.length === 0) return { drill, digest: view.digest }
      const items = mistakes.map((message) => ({ where: name, message, rule: null }))
      throw new ChaosError('drill-invalid', `The drill ${name} has mistakes; nothing was planned.`, { items })
    },
    async validate(source, file, key) {
      const read = await options.workers.run('readDrill', { source, file }, { key, menu: checkedMenu(options.menu()) })
      return read.mistakes
    },
    reload,
    close: () => watcher.close(),
  }
}

async function readFolder(options: DrillsOptions): Promise<Map<string, Loaded>> {
  const names = await readdir(options.folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new ChaosError('not-found', `The folder of drills ${options.folder} does not exist. Give it with --drills.`)
  })
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort()
  if (files.length > MAX_FILES)
    options.onProblem(`Only the first ${MAX_FILES} drill files of ${files.length} are read.`)
  const found = new Map<string, Loaded>()
  for (const file of files.slice(0, MAX_FILES)) {
    const loaded = await readOne(options, file)
    if (!loaded) continue
    const earlier = found.has(loaded.view.name)
    if (earlier) options.onProblem(`${file}: there is another drill called ${loaded.view.name}; this one is left out.`)
    else found.set(loaded.view.name, loaded)
  }
  return found
}

async function readOne(options: DrillsOptions, file: string): Promise<Loaded | null> {
  const path = join(options.folder, file)
  try {
    if ((await stat(path)).size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`)
    const bytes = await readFile(path)
    const named = `${basename(resolve(options.folder))}/${file}`
    const read = await readText(options.workers, bytes, named, checkedMenu(options.menu()))
    await turn()
    if (read.drill !== null) return loadedOf(file, bytes, read, named)
    const { drill } = await readText(options.workers, bytes, named, null)
    return loadedOf(file, bytes, { drill, mistakes: read.mistakes }, named)
  } catch (error) {
    options.onProblem(`The drill file ${path} was left out: ${sentenceOf(error)}`)
    return null
  }
}

/** Is what is wrong with it only what no host is known to offer? */
function isOfMenu({ view, drill }: Loaded): boolean {
  return drill !== null && view.mistakes.length > 0
}

/** Its mistakes by what hosts offer at this moment: names and parameters, with the nearest valid name. */
async function mistakesFor({ workers, menu }: DrillsOptions, { source }: DrillView, file: string): Promise<string[]> {
  const { mistakes } = await readText(workers, source, file, menu() ?? builtInMenu)
  return mistakes.map(formatMistake)
}

async function readText(
  workers: Workers,
  source: string | Uint8Array,
  file: string,
  menu: Menu | null,
): Promise<ReadDrill> {
  if (source.length <= READ_HERE_CHARS) return tasks.readDrill({ source, file }, menu)
  return workers.run('readDrill', { source, file }, { key: OWN_WORK, menu })
}

function loadedOf(file: string, bytes: Buffer, { drill, mistakes }: ReadDrill, named: string): Loaded {
  const view: DrillView = {
    name: drill?.drill ?? basename(file).replace(/\.ya?ml$/, ''),
    version: drill?.version ?? 0,
    title: drill?.title ?? file,
    why: drill?.why ?? '',
    kind: drill ? kindOf(drill) : 'drill',
    digest: sha256(bytes),
    source: bytes.toString('utf8'),
    params: Object.entries(drill?.params ?? {}).map(([name, param]) => ({
      name,
      type: param.type,
      ask: param.ask,
      default: param.default ?? null,
      oneOf: param.oneOf ?? null,
    })),
    mistakes: mistakes.map(formatMistake),
  }
  return { view, drill, file: named }
}

/** Calls `changed` some moments after the folder has changed. Where watching is not possible, files are read at start only. */
function onChange(folder: string, changed: () => void, onProblem: (message: string) => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(folder, () => {
      clearTimeout(timer)
      timer = setTimeout(changed, SETTLE_MS)
    })
    watcher.on('error', (error) => onProblem(`The drills in ${folder} are not watched for changes: ${error.message}`))
  } catch (error) {
    onProblem(`The drills in ${folder} are not watched for changes: ${sentenceOf(error)}`)
  }
  return {
    close() {
      clearTimeout(timer)
      watcher?.close()
    },
  }
}
