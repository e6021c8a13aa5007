import { expect } from 'vitest'
import type { Action } from '../../src/actions/action.ts'
import { Crash, dyingFiles, manifest } from '../host/support.ts'
import { prepare, type Stage } from './support.ts'

/**
 * Kills the inject at each of its steps, then the revert at each of its steps, then reverts in peace, and holds the host
 * against how an independent eye (`look`) saw it before. Answers with the number of histories tried.
 */
export async function surviveEveryCrash(
  action: Action,
  params: unknown,
  makeStage: () => Promise<Stage>,
  look: typeof manifest = manifest,
): Promise<number> {
  let histories = 0
  for (let at = 1, injectDied = true; injectDied; at += 1) {
    for (const when of ['before', 'after'] as const) {
      for (let revertAt = 1, revertDied = true; revertDied; revertAt += 1) {
        const history = await live(action, params, await makeStage(), { at, when, revertAt }, look)
        injectDied = history.injectDied
        revertDied = history.revertDied
        histories += 1
      }
    }
  }
  return histories
}

async function live(
  action: Action,
  params: unknown,
  scene: Stage,
  death: { readonly at: number; readonly when: 'before' | 'after'; readonly revertAt: number },
  look: typeof manifest,
) {
  const before = await look(scene.root)
  const undo = await prepare(action, scene.context, params)
  const story = `inject dies ${death.when} step ${death.at}, revert dies ${death.when} step ${death.revertAt}`
  const injectDied = await dies(async () => {
    const { files } = dyingFiles(scene.host.files, death.at, death.when)
    await action.inject(scene.through(files), action.params.parse(params), undo)
  })
  const revertDied = await dies(async () => {
    const { files } = dyingFiles(scene.host.files, death.revertAt, death.when)
    await action.revert(scene.through(files), undo)
  })
  const reverted = await action.revert(scene.context, undo)
  expect(await look(scene.root), story).toEqual(before)
  expect(reverted.restoration, `${story}: ${reverted.kept.join(' ')}`).toBe('identical')
  expect(await action.verify(scene.context, undo), story).toBe('before')
  return { injectDied, revertDied }
}

async function dies(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (error instanceof Crash) return true
    throw error
  }
}
