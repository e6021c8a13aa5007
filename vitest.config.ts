import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** These judge what the machine looks like when no lab is up. */
const ALONE = ['test/lab/lab-sweep.test.ts']

/** Patience, not expectation: a busy machine may stand still for seconds. `eventually` has the same. */
const expect = { poll: { timeout: 15_000 } }

/** Suites on real hosts run three files at a time, those in a browser one after another. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          expect,
          // Many tests wait for a clock or another process: three at a time use a machine of two cores well.
          maxWorkers: Math.max(3, availableParallelism() - 1),
          include: [
            'packages/*/test/**/*.test.{ts,tsx}',
            'test/*.test.ts',
            'test/{contract,protocol,docs}/**/*.test.ts',
          ],
          exclude: ['test/docs/readme.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'lab',
          expect,
          include: ['test/{lab,crash}/**/*.test.ts'],
          globalSetup: 'test/lab/support/build-once.ts',
          exclude: ALONE,
          // Each file has a lab of its own, and hosts mostly wait: three at a time use a machine of two cores well.
          maxWorkers: 3,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'lab-alone',
          expect,
          include: ALONE,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          expect,
          include: ['test/e2e/**/*.test.ts', 'test/docs/readme.test.ts'],
          fileParallelism: false,
          // Bounds, not expectations: a browser without a graphics card draws slowly while others use the machine.
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
