import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { visibleMounts } from '../../src/exercises/box/mounts.ts'
import type { BoxRules } from '../../src/exercises/box/rules.ts'
import { endExercises } from '../../src/exercises/child/running.ts'
import { wipeFolder } from '../../src/exercises/wipe.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { isRoot } from '../host/support.ts'
import { canBox, inBox } from './in-box.ts'
import { liveFolder, resticRepository, restore, restoreBoxed, tool } from './support.ts'

/** Fewer rights than any restore has. */
function rules(target: string): BoxRules {
  return { writable: [target], capabilities: ['chown', 'dac_override', 'fowner'], network: false, hideRun: true }
}

async function pipeAt(name: string): Promise<string> {
  const location = join(await temporaryFolder(), name)
  await tool('mkfifo', [location])
  return location
}

/** restic waits for the other end of a pipe before it does anything. */
async function waitingRepository(base: string, live: string) {
  const repository = await resticRepository(base, live)
  const passwordFile = join(base, 'pipe')
  await tool('mkfifo', [passwordFile])
  return { ...repository, passwordFile }
}

/** Processes of this machine whose arguments name that folder. */
async function workingOn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const all = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return all.filter((line) => line.includes(folder))
}

describe('a backup that is a named pipe', () => {
  it.each(['archive', 'sqlite', 'postgres'] as const)('is refused at once by the driver %s', async (driver) => {
    const location = await pipeAt('backup.tar')
    const result = await restore({ driver, location })
    expect(result).toMatchObject({ ok: false, reason: expect.stringMatching(/is no file: it is a folder, a pipe/) })
  })
})

describe.runIf(canBox)('an exercise in its box', () => {
  it('restores, compares and wipes as it does anywhere', async () => {
    const { base, live } = await liveFolder()
    const location = join(base, 'backup.tar.gz')
    await tool('tar', ['-czf', location, '-C', live, '.'])
    const result = await restoreBoxed({ driver: 'archive', location, compareWith: live })
    expect(result).toMatchObject({ ok: true, differences: [] })
    expect(result.phases).toEqual(['open', 'list', 'restore', 'compare', 'wipe'])
    expect(await readdir(result.scratch)).toEqual([])
  })

  it('can be ended while a tool waits for a pipe, and leaves nothing', async () => {
    const { base, live } = await liveFolder()
    const repository = await waitingRepository(base, live)
    const stop = new AbortController()
    const ended = restoreBoxed(repository, {}, { signal: stop.signal })
    await expect.poll(() => workingOn(`--password-file=${base}`)).not.toEqual([])
    stop.abort(new Error('stopped'))
    const result = await ended
    expect(result.ok).toBe(false)
    expect(await readdir(result.scratch)).toEqual([])
    await expect.poll(() => workingOn(base)).toEqual([])
  })

  it('is ended by another process, with all that it has started', async () => {
    const { base, live } = await liveFolder()
    const repository = await waitingRepository(base, live)
    const folder = join(base, 'running')
    const ended = restoreBoxed(repository, {}, { running: { folder, runId: 'one' } })
    await expect.poll(() => workingOn(`--password-file=${base}`)).not.toEqual([])
    await endExercises(folder, { runId: 'another' })
    await endExercises(folder, { recordId: 'another' })
    expect(await workingOn(`--password-file=${base}`)).not.toEqual([])
    await endExercises(folder, { runId: 'one' })
    expect(await ended).toMatchObject({ ok: false, reason: expect.stringContaining('ended without a result') })
    await expect.poll(() => workingOn(base)).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })
})

describe.runIf(canBox)('what is inside a box', () => {
  it('writes to its target and nowhere else, through no chain of links, second name or device', async () => {
    const base = await temporaryFolder()
    const target = join(base, 'target')
    await mkdir(target)
    await writeFile(join(base, 'outside'), 'whole')
    await symlink('..', join(target, 'up'))
    const seen = await inBox(
      rules(target),
      `cd "$1"
       echo in > inside && echo inside
       for f in up/outside up/new /etc/chaos-lite-test /tmp/chaos-lite-test /run/chaos-lite-test /sys/chaos-lite-test /proc/sys/kernel/domainname; do
         (echo x > "$f") 2>/dev/null && echo "wrote $f"; done
       ln /etc/shadow shadow 2>/dev/null && echo linked
       mknod disk b 7 0 2>/dev/null && echo made a device
       mount -o remount,rw / 2>/dev/null && echo opened the box
       umount /run 2>/dev/null && echo uncovered
       kill -0 ${process.pid} 2>/dev/null && echo reached ${process.pid}
       echo x > /dev/null && echo null
       tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '; ls -d /proc/[0-9]* | wc -l | tr -d ' '`,
      [target],
    )
    expect(seen.slice(0, -1)).toEqual(['inside', 'null', 'lo'])
    expect(Number(seen.at(-1))).toBeLessThan(10)
    expect(await readdir(base)).toEqual(['outside', 'target'])
    expect(await readFile(join(base, 'outside'), 'utf8')).toBe('whole')
  })
})

describe('the mounts that a box must close', () => {
  it('are those that a path leads to', () => {
    const line = (id: number, parent: number, point: string) =>
      `${id} ${parent} 0:${id} / ${point} rw,relatime - tmpfs tmpfs rw`
    const found = visibleMounts(
      [
        line(1, 0, '/'),
        line(2, 1, '/proc'),
        line(3, 2, '/proc/sys'),
        line(4, 3, '/proc/sys/net'),
        line(5, 1, '/a\\040b'),
        line(6, 5, '/a\\040b/c'),
        line(7, 2, '/proc'),
        line(8, 1, '/procedure'),
      ].join('\n'),
    )
    expect(found.map(({ id, point }) => `${id} ${point}`)).toEqual([
      '1 /',
      '5 /a b',
      '6 /a b/c',
      '7 /proc',
      '8 /procedure',
    ])
  })
})

describe('wiping what a backup has brought', () => {
  it('removes what is deep, locked and unwritable, and follows no link', async () => {
    const base = await temporaryFolder()
    const folder = join(base, 'restore')
    await mkdir(join(folder, 'locked'), { recursive: true })
    await mkdir(join(base, 'live'))
    await writeFile(join(base, 'live', 'kept'), 'x')
    await symlink(join(base, 'live'), join(folder, 'link'))
    await writeFile(join(folder, 'locked', 'file'), 'x')
    const deep = 'import os,sys\nos.chdir(sys.argv[1])\nfor _ in range(3000):\n  os.mkdir("d" * 20); os.chdir("d" * 20)'
    await tool('python3', ['-c', deep, folder])
    await tool('chmod', ['000', join(folder, 'locked')])
    if (isRoot) await tool('chattr', ['+i', join(folder, 'locked', 'file')]).catch(() => undefined)
    await wipeFolder(folder)
    expect(existsSync(folder)).toBe(false)
    expect(await readdir(join(base, 'live'))).toEqual(['kept'])
    await wipeFolder(folder)
    expect(await readdir(dirname(folder))).toEqual(['live'])
  })
})
