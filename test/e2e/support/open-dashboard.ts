import { resolve } from 'node:path'
import { buildDashboard } from '../../../scripts/build/index.ts'
import { type Demo, type DemoOptions, startDemo } from '../../../scripts/demo/start-demo.ts'
import { openWindow, type Window } from './browser.ts'

/** The demo hosts with their controller, and a window on its dashboard. */
export interface Opened extends AsyncDisposable {
  readonly demo: Demo
  readonly window: Window
}

/** Builds the dashboard, starts the demo in a folder of its own name, and opens a window. */
export async function openDashboard(name: string, options: Pick<DemoOptions, 'dataFolder'> = {}): Promise<Opened> {
  const stack = new AsyncDisposableStack()
  try {
    await buildDashboard()
    // Not below /tmp: a demo host has a /tmp of its own.
    const demo = stack.use(await startDemo({ folder: resolve(`test-output/e2e-${name}`), port: 0, ...options }))
    const window = stack.use(await openWindow())
    const owned = stack.move()
    return { demo, window, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
