import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** These judge what the machine looks like when no lab is up. */
const ALONE = ['test/lab/lab-sweep.test.ts']

/**
 * Patience, not expectation: a machine with twenty other things to do takes twenty times as long, and says nothing about
 * the program by that. Only a test that hangs ever meets these. `eventually` waits as long as `poll`.
 */
const expect = { poll: { timeout: 120_000 } }
const UNIT_MS = 300_000
const HOST_MS = 900_000

/** Many tests start this agent from its sources: what Node.js compiled of them once serves them all, in half the time. */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) }

/** Many tests wait for a clock or another process: three at a time use a machine of two cores well. */
const UNIT_WORKERS = Math.max(3, availableParallelism() - 1)
/** Their tests change nothing that another file's could see: one process runs many files, and loads their modules once. */
const TOGETHER = ['packages/{cli,controller,dashboard,shared}/test/**/*.test.{ts,tsx}']

/** Suites on real hosts run four files at a time, those in a browser one after another. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          expect,
          maxWorkers: UNIT_WORKERS,
          include: ['packages/agent/test/**/*.test.ts', 'test/*.test.ts', 'test/{contract,protocol,docs}/**/*.test.ts'],
          exclude: ['test/docs/readme.test.ts'],
          testTimeout: UNIT_MS,
          hookTimeout: UNIT_MS,
        },
      },
      {
        test: {
          name: 'together',
          env,
          expect,
          isolate: false,
          maxWorkers: UNIT_WORKERS,
          include: TOGETHER,
          testTimeout: UNIT_MS,
          hookTimeout: UNIT_MS,
        },
      },
      {
        test: {
          name: 'lab',
          expect,
          include: ['test/{lab,crash}/**/*.test.ts'],
          globalSetup: 'test/lab/support/build-once.ts',
          exclude: ALONE,
          // Each file has a lab of its own, and hosts mostly wait: four at a time use a machine of two cores well.
          maxWorkers: 4,
          testTimeout: HOST_MS,
          hookTimeout: HOST_MS,
        },
      },
      {
        test: {
          name: 'lab-alone',
          expect,
          include: ALONE,
          testTimeout: HOST_MS,
          hookTimeout: HOST_MS,
        },
      },
      {
        test: {
          name: 'e2e',
          env,
          expect,
          include: ['test/e2e/**/*.test.ts', 'test/docs/readme.test.ts'],
          fileParallelism: false,
          testTimeout: HOST_MS,
          hookTimeout: HOST_MS,
        },
      },
    ],
  },
})
