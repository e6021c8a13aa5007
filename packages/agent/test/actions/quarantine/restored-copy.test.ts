import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import {
  appendFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../../../shared/test/eventually.ts'
import type { ActionContext } from '../../../src/actions/action.ts'
import { dataQuarantine } from '../../../src/actions/quarantine/folder.ts'
import type { QuarantineUndo } from '../../../src/actions/quarantine/quarantine-undo.ts'
import type { Host } from '../../../src/host/host.ts'
import { linuxProcesses } from '../../../src/host/linux/processes.ts'
import { restore, tool } from '../../exercises/support.ts'
import { localHost, temporaryFolder } from '../../fixtures/local-host.ts'
import { manifest } from '../../host/support.ts'
import { prepare } from '../support.ts'

/** A real folder that is moved aside, and a copy of it that the real exercise restored in its place. */
async function restored(prepareBackup: (copy: string) => Promise<void> = async () => undefined) {
  const base = await temporaryFolder()
  const [folder, backup, recordFolder] = [join(base, 'srv/data'), join(base, 'backup'), join(base, 'record')]
  await mkdir(join(folder, 'deep'), { recursive: true })
  await mkdir(recordFolder)
  await writeFile(join(folder, 'order.txt'), 'one landing gear\n')
  await writeFile(join(folder, 'deep/plan.txt'), 'two\n')
  await symlink('order.txt', join(folder, 'newest'))
  await tool('cp', ['--archive', folder, backup])
  await prepareBackup(backup)
  const before = await manifest(join(base, 'srv'))
  const host = localHost()
  const recordId = ulid()
  const context: ActionContext = { host, recordFolder, recordId, signal: new AbortController().signal }
  const undo = (await prepare(dataQuarantine, context, { folder })) as QuarantineUndo
  await dataQuarantine.inject(context, { folder }, undo)
  const quarantine = () => ({ recordId, movedTo: undo.movedTo, recordFolder })
  const repository = { driver: 'folder' as const, location: backup, compareWith: folder }
  const result = await restore(repository, { folder, into: 'place' }, { quarantine, host })
  if (!existsSync(folder)) throw new Error(result.reason ?? 'nothing was restored')
  const times = new Map<string, string>()
  for (const name of await readdir(folder, { recursive: true })) {
    times.set(name, String((await lstat(join(folder, name), { bigint: true })).ctimeNs))
  }
  const revert = (files = host.files, more: Partial<Host> = {}) =>
    dataQuarantine.revert({ ...context, host: { ...host, files, ...more } }, undo)
  const isAsBefore = async () => expect(await manifest(join(base, 'srv'))).toEqual(before)
  /** The original is back whatever was kept beside it. */
  const originalIsBack = async () => {
    const now = Object.entries(await manifest(folder))
    expect(now.map(([name, facts]) => [name, facts.replaceAll(folder, '')])).toEqual(
      Object.entries(before)
        .filter(([name]) => name.startsWith('/data'))
        .map(([name, facts]) => [name.slice('/data'.length) || '/', facts.replaceAll(folder, '')]),
    )
  }
  const isKept = async (reverted: Awaited<ReturnType<typeof revert>>, why: RegExp) => {
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining(undo.keptAs)] })
    expect(reverted.kept.join(' ')).toMatch(why)
    await originalIsBack()
    expect((await readdir(join(base, 'srv'))).sort()).toEqual(['data', `data.kept-${recordId}`])
  }
  return { base, folder, host, context, undo, recordFolder, times, revert, isAsBefore, isKept, kept: undo.keptAs }
}

type Scene = Awaited<ReturnType<typeof restored>>

/** What people do in the copy, and by what the record shows that it was seen. */
const changes: readonly (readonly [string, (scene: Scene) => Promise<unknown>, RegExp])[] = [
  ['a new file', ({ folder }) => writeFile(join(folder, 'new.txt'), 'mine'), /"new\.txt" was added/],
  ['a new file deep below', ({ folder }) => writeFile(join(folder, 'deep/new'), ''), /"deep\/new" was added/],
  ['a new empty folder', ({ folder }) => mkdir(join(folder, 'mine')), /"mine" was added/],
  [
    'a file that was written on',
    ({ folder }) => appendFile(join(folder, 'order.txt'), 'and more'),
    /"order\.txt" was changed/,
  ],
  ['a removed file', ({ folder }) => rm(join(folder, 'order.txt')), /"order\.txt" is missing/],
  ['a renamed file', ({ folder }) => rename(join(folder, 'order.txt'), join(folder, 'o')), /"o" was added/],
  ['an emptied file', ({ folder }) => truncate(join(folder, 'order.txt')), /"order\.txt" was changed/],
  ['another mode', async ({ folder }) => chmodSync(join(folder, 'order.txt'), 0o600), /"order\.txt" was changed/],
  [
    'another mode of the folder itself',
    async ({ folder }) => chmodSync(folder, 0o700),
    /the folder itself was changed/,
  ],
  [
    'a link that leads elsewhere',
    async ({ folder }) => {
      await rm(join(folder, 'newest'))
      await symlink('deep/plan.txt', join(folder, 'newest'))
    },
    /"newest" was changed/,
  ],
  [
    'other bytes under the same size and time',
    async ({ folder }) => {
      const path = join(folder, 'order.txt')
      const { atime, mtime } = await stat(path)
      await writeFile(path, 'two landing gears')
      await utimes(path, atime, mtime)
    },
    /"order\.txt" was changed/,
  ],
  [
    'a file whose name is no UTF-8',
    async ({ folder }) => writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]), 'x'),
    /was added/,
  ],
  ['a pipe', ({ folder }) => tool('mkfifo', [join(folder, 'order.pipe')]), /"order\.pipe" was added/],
]

describe('a copy that backup.restore put in the place of the folder', () => {
  it('is removed where it is exactly as it was restored, and only looked at', async () => {
    const { folder, revert, isAsBefore } = await restored()
    expect(await readFile(join(folder, 'order.txt'), 'utf8')).toBe('one landing gear\n')
    expect(await revert()).toMatchObject({ restoration: 'identical', kept: [] })
    await isAsBefore()
    expect(await revert()).toMatchObject({ restoration: 'identical', kept: [] })
  })

  it('is removed where a program only made and removed a file of its own in it', async () => {
    const { folder, revert, isAsBefore } = await restored()
    await writeFile(join(folder, '.~lock.order.txt#'), '')
    await rm(join(folder, '.~lock.order.txt#'))
    expect(await revert()).toMatchObject({ restoration: 'identical', kept: [] })
    await isAsBefore()
  })

  it.each(changes)('is kept whole, and named, with %s', async (_what, change, why) => {
    const scene = await restored()
    await change(scene)
    const names = (folder: string) => tool('find', ['.'], { cwd: folder })
    const theirs = await names(scene.folder)
    const reverted = await scene.revert()
    await scene.isKept(reverted, why)
    expect(await names(scene.kept)).toBe(theirs)
    const again = await scene.revert()
    expect(again).toMatchObject({ restoration: reverted.restoration, kept: reverted.kept })
  })

  it('is kept where only the bytes differ, and every time and number is as restored', async () => {
    const scene = await restored()
    const path = join(scene.folder, 'order.txt')
    const { survey } = scene.host.files
    await writeFile(path, 'two landing gears')
    // No program can set the time of the last change: here the host says that it is the old one.
    const files: Host['files'] = {
      ...scene.host.files,
      survey: (folder, options, each) =>
        survey(folder, options, (entry) => {
          const asRestored = scene.times.get(entry.path.toString('latin1'))
          each(asRestored === undefined ? entry : { ...entry, ctimeNs: asRestored })
        }),
    }
    await scene.isKept(await scene.revert(files), /"order\.txt" was changed/)
  })

  it.each([
    ['is lost', async (path: string) => rm(path)],
    ['is damaged', async (path: string) => truncate(path, 200)],
    ['is empty', async (path: string) => truncate(path)],
    ['has another line', async (path: string) => appendFile(path, '["eA==","file",420,0,0,0,"",null,"1"]\n')],
  ])('is kept where the list of what was restored %s', async (_, damage) => {
    const scene = await restored()
    await damage(join(scene.recordFolder, 'restored.list'))
    await scene.isKept(await scene.revert(), /no complete list of what was restored/)
  })

  it.each([
    ['has a file of it open', ['tail', '--follow', 'order.txt'], '.', /is in use by tail \(\d+\)/],
    ['works in it', ['sleep', '600'], 'deep', /is in use by sleep \(\d+\)/],
    [
      'has a removed file of it open',
      ['sh', '-c', 'exec 9<> lock; rm lock; cd /; exec sleep 600'],
      '.',
      /in use by sleep/,
    ],
  ])('is kept while a program %s', async (_, [program = '', ...args], folder, why) => {
    const scene = await restored()
    await start(program, args, join(scene.folder, folder))
    await scene.isKept(await scene.revert(), why)
  })

  it('is kept where it cannot be compared in time', async () => {
    const scene = await restored()
    const late = { ...scene.context, signal: AbortSignal.abort(new Error('late')) }
    await scene.isKept(await dataQuarantine.revert(late, scene.undo), /could not be compared in time/)
  })

  it('is kept where nobody answers at all', async () => {
    const scene = await restored()
    const files: Host['files'] = { ...scene.host.files, survey: () => new Promise(() => undefined) }
    const context = { ...scene.context, host: { ...scene.host, files }, signal: AbortSignal.timeout(300) }
    await scene.isKept(await dataQuarantine.revert(context, scene.undo), /could not be compared in time/)
  })

  it('stands aside, and is not yet removed, before the original has its name back', async () => {
    const { folder, host, revert } = await restored()
    let wasBack: boolean | null = null
    const files: Host['files'] = {
      ...host.files,
      survey: async (at, options, each) => {
        wasBack ??= existsSync(join(folder, 'order.txt')) && at !== folder
        return host.files.survey(at, options, each)
      },
    }
    await revert(files)
    expect(wasBack).toBe(true)
  })
})

/** A program that is nobody's child, as those of people are, and is ended after the test. */
async function start(program: string, args: readonly string[], cwd: string): Promise<void> {
  const name = `chaos-${ulid()}`
  const env = { ...process.env, CHAOS_TEST: name }
  spawn('setsid', ['--fork', program, ...args], { cwd, env, stdio: 'ignore' })
  const found = await eventually(async () => {
    const views = await linuxProcesses.views()
    const mine = views.find(({ pid }) => environOf(pid).includes(name) && !['setsid', 'sh'].includes(nameOf(pid)))
    if (mine === undefined) throw new Error(`${program} does not run yet`)
    return mine
  })
  onTestFinished(async () => void (await linuxProcesses.signal(found, 'end')))
}

const environOf = (pid: number) => readIfThere(`/proc/${pid}/environ`)
const nameOf = (pid: number) => readIfThere(`/proc/${pid}/comm`).trim()

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
