import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { realBoxes } from '../../src/exercises/box/boxes.ts'
import type { Work } from '../../src/exercises/child/messages.ts'
import { wipeFolder } from '../../src/exercises/wipe.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { canBox } from './in-box.ts'
import { restore, restoreBoxed, tool } from './support.ts'

/** `CHAOS_LITE_LARGE=1` takes the sizes that an attacker would: 200,000 files, and a bomb of 10 GB on a disk of 1 GB. */
const large = process.env.CHAOS_LITE_LARGE === '1'
const FILES = large ? 200_000 : 4_000
const BOMB_MIB = large ? 10_240 : 100
const DISK_MIB = large ? 1_024 : 32

const fixture = fileURLToPath(new URL('fixtures/restore-as-agent.ts', import.meta.url))

/** On a busy machine four processes take their time to start. */
const patient = { timeout: 300_000 }

const mounted: string[] = []
afterEach(async () => {
  for (const point of mounted.splice(0)) await tool('umount', [point])
})

/** A disk of its own, so that nothing else of this machine is filled. */
async function disk(options: string): Promise<string> {
  const point = join(await temporaryFolder(), 'disk')
  await mkdir(point)
  await tool('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', point])
  mounted.push(point)
  return point
}

async function archiveOf(count: number): Promise<{ base: string; location: string }> {
  const base = await temporaryFolder()
  const [folder, location] = [join(base, 'many'), join(base, 'many.tar')]
  await mkdir(folder)
  const made = spawnSync('sh', [
    '-c',
    `cd "$1" && seq ${count} | xargs touch && tar -cf "$2" .`,
    'sh',
    folder,
    location,
  ])
  expect(made.status).toBe(0)
  return { base, location }
}

/** Everything of this machine that works on that folder, the box itself included. */
async function boxesOn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    pids.map(async (pid) => ({ pid, line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })),
  )
  return lines
    .filter(({ line }) => line.includes('exercise-box') && line.includes(folder))
    .map(({ pid }) => Number(pid))
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1])
}

/** Work in a box whose own bounds are off: only the box and the room that is kept free can end it. */
async function unbounded(location: string, target: string, signal = new AbortController().signal) {
  const repository = { driver: 'archive', location } as const
  const source = { name: 'x', repository, inside: '.', cacheFolder: null }
  const work: Work = { kind: 'restore', ...source, check: false, target, maxBytes: Number.MAX_SAFE_INTEGER }
  const boxes = realBoxes({ name: 'chaos-lite-exercise-test', units: false })
  return boxes.do(work, { writable: [target], place: false, phase: () => undefined, signal })
}

describe.runIf(canBox)('a backup that is too large', large ? { timeout: 900_000 } : {}, () => {
  it(`of ${BOMB_MIB} MiB, packed, is refused before anything is written`, async () => {
    const base = await temporaryFolder()
    const location = await bomb(base)
    const scratch = await disk(`size=${DISK_MIB}m`)
    const result = await restore({ driver: 'archive', location }, {}, { scratchFolder: scratch })
    expect(result).toMatchObject({ ok: false, items: 0, phases: ['open', 'list', 'wipe'] })
    expect(result.reason).toMatch(/needs more than the \d+ bytes that may be used here/)
    expect(await readdir(scratch)).toEqual([])
  })

  it('and says so to nobody is ended when the room that is kept free is reached', async () => {
    const base = await temporaryFolder()
    const location = await bomb(base)
    const target = await disk(`size=${DISK_MIB}m`)
    const beganMs = performance.now()
    await expect(unbounded(location, target)).rejects.toMatchObject({ code: 'storage-full' })
    if (large) process.stdout.write(`bomb: ended after ${Math.round(performance.now() - beganMs)} ms\n`)
    expect(await boxesOn(target)).toEqual([])
  })

  it('in the number of its files is ended before the file system has no room for a name', async () => {
    const { location } = await archiveOf(FILES)
    const target = await disk(`size=64m,nr_inodes=${Math.round(FILES / 2)}`)
    await expect(unbounded(location, target)).rejects.toMatchObject({ code: 'storage-full' })
    expect(await boxesOn(target)).toEqual([])
  })

  it(`of ${FILES} files is restored, counted, compared and wiped`, async () => {
    const { base, location } = await archiveOf(FILES)
    const beganMs = performance.now()
    const result = await restoreBoxed({ driver: 'archive', location, compareWith: join(base, 'many') })
    process.stdout.write(`${FILES} files: ${Math.round(performance.now() - beganMs)} ms\n`)
    expect(result).toMatchObject({ ok: true, items: FILES, differences: [] })
    expect(await readdir(result.scratch)).toEqual([])
  })
})

describe.runIf(canBox)('in the middle of an extraction', () => {
  it.each(['aborted', 'killed'])('a box that is %s leaves no process, and can be wiped', async (how) => {
    const { location } = await archiveOf(20_000)
    const target = join(await temporaryFolder(), 'target')
    await mkdir(target)
    const stop = new AbortController()
    const ended = unbounded(location, target, stop.signal).then(
      () => 'done',
      (thrown: Error) => thrown.message,
    )
    await expect.poll(async () => (await readdir(target)).length, patient).toBeGreaterThan(100)
    if (how === 'aborted') stop.abort(new Error('stopped by a person'))
    else for (const pid of await boxesOn(target)) process.kill(pid, 'SIGKILL')
    expect(await ended).toMatch(how === 'aborted' ? /stopped by a person/ : /ended without a result|stopped/)
    expect(await boxesOn(target)).toEqual([])
    expect((await readdir(target)).length).toBeLessThan(20_000)
    await wipeFolder(target)
  })

  it.each(['agent', 'exercise'])('the %s is killed: the rest ends by itself', async (whom) => {
    const { base, location } = await archiveOf(20_000)
    const scratch = join(base, 'scratch')
    const agent = spawn(process.execPath, [fixture, location, scratch], { stdio: 'ignore' })
    const ended = once(agent, 'exit')
    const target = join(scratch, 'restore')
    await expect.poll(async () => (await readdir(target).catch(() => [])).length, patient).toBeGreaterThan(100)
    const [box] = await boxesOn(target)
    const pid = whom === 'agent' ? agent.pid : await parentOf(box ?? 0)
    process.kill(pid ?? 0, 'SIGKILL')
    await ended
    await expect.poll(() => boxesOn(target), patient).toEqual([])
    // Its child wipes what it has restored; a killed child leaves that to the agent, which wipes its scratch space.
    if (whom === 'agent') await expect.poll(() => readdir(scratch), patient).toEqual([])
  })
})

/** A small file that unpacks to one large one. */
async function bomb(base: string): Promise<string> {
  const location = join(base, 'bomb.tar.gz')
  await tool('truncate', [`--size=${BOMB_MIB}M`, join(base, 'zeros')])
  await tool('tar', ['--create', '--gzip', `--file=${location}`, '--directory', base, 'zeros'])
  return location
}
