import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Suites that need real hosts, a browser or the network run alone, one file after another. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Vitest leaves one core to itself; these machines have few.
          maxWorkers: Math.max(2, availableParallelism() - 1),
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
          include: ['test/{lab,crash}/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/docs/readme.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
