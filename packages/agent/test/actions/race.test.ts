import { spawn } from 'node:child_process'
import { chmod, chown, lstat, mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Action } from '../../src/actions/action.ts'
import { permissionRevoke } from '../../src/actions/permission/revoke.ts'
import { dataQuarantine } from '../../src/actions/quarantine/folder.ts'
import { isRoot, manifest } from '../host/support.ts'
import { prepare, type Stage, stage } from './support.ts'

const mallory = 1003
const rounds = Number(process.env.CHAOS_LITE_RACE_ROUNDS ?? 12)

/** Exchanges the folder `mine` for a link to `victim` and back, at moments that nobody foresees. */
const exchange = `
const { renameSync, symlinkSync, unlinkSync } = require('node:fs')
const [mine, victim] = process.argv.slice(1)
const cell = new Int32Array(new SharedArrayBuffer(4))
const pause = () => Atomics.wait(cell, 0, 0, Math.random() * 6)
for (;;) {
  try {
    pause()
    renameSync(mine, mine + '.aside')
    symlinkSync(victim, mine)
    pause()
    unlinkSync(mine)
    renameSync(mine + '.aside', mine)
  } catch {
    try { unlinkSync(mine) } catch {}
    try { renameSync(mine + '.aside', mine) } catch {}
  }
}`

/** In mallory's home lies what may be drilled; in the system's folder the same names, which nobody may touch. */
async function scene(): Promise<Stage & { home: string; system: string }> {
  const data = { text: 'mine', mode: 0o644 }
  const made = await stage({ 'home/plans/data/a.txt': data, 'home/plans/b.txt': data })
  const [home, system] = [join(made.root, 'home'), join(made.root, 'system')]
  await mkdir(join(system, 'data'), { recursive: true })
  for (const name of ['data/a.txt', 'b.txt']) await writeFile(join(system, name), 'secret', { mode: 0o600 })
  await chmod(system, 0o700)
  for (const folder of [dirname(made.root), made.root]) await chmod(folder, 0o711)
  for (const path of [home, join(home, 'plans')]) await chown(path, mallory, mallory)
  return { ...made, home, system }
}

function attack(home: string, system: string) {
  const mine = join(home, 'plans')
  const options = { uid: mallory, gid: mallory, stdio: 'ignore' } as const
  const child = spawn(process.execPath, ['-e', exchange, mine, system], options)
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(stop)
  /** While nothing is exchanged, the folder is where it belongs. */
  const rest = async () => {
    child.kill('SIGSTOP')
    await expect.poll(() => readFile(`/proc/${child.pid}/stat`, 'utf8'), { interval: 1 }).toMatch(/\) T /)
    if ((await lstat(mine).catch(() => null))?.isSymbolicLink()) await unlink(mine)
    if (await lstat(`${mine}.aside`).catch(() => null)) await rename(`${mine}.aside`, mine)
  }
  return { stop, rest, go: () => child.kill('SIGCONT') }
}

const cases: readonly (readonly [Action, object])[] = [
  [permissionRevoke, { path: '/home/plans/b.txt', account: 'anna' }],
  [permissionRevoke, { path: '/home/plans/data', everyone: true }],
  [dataQuarantine, { folder: '/home/plans/data' }],
]

describe.runIf(isRoot)('an account that owns the folder above, and exchanges it for a link all the time', () => {
  it.each(cases)('makes root touch nothing of the system: $name', async (action, params) => {
    const { root, context, home, system } = await scene()
    const before = await manifest(system)
    const attacker = attack(home, system)
    let begun = 0
    for (let round = 0; round < rounds; round += 1) {
      await attacker.rest()
      const undo = await prepare(action, context, params)
      attacker.go()
      const done = () => (begun += 1)
      await action.inject(context, action.params.parse(params), undo).then(done, () => undefined)
      await action.revert(context, undo).catch(() => undefined)
      await attacker.rest()
      await action.revert(context, undo)
      expect(await action.verify(context, undo)).not.toBe('after')
    }
    await attacker.stop()
    expect(await manifest(system), `${begun} of ${rounds} were begun`).toEqual(before)
    expect(begun).toBeGreaterThan(0)
    await rm(root, { recursive: true, force: true })
  })
})
