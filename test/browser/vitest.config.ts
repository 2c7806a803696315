import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Tests that need the Worker over HTTP, from a browser or a shell. */
export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/browser/*.browser.ts', 'test/browser/*.shell.ts'],
    globalSetup: 'test/browser/global-setup.ts',
    // Generous, since a browser needs several processors.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000, interval: 250 } },
    maxWorkers: availableParallelism(),
    // The report names each test that passed only then.
    retry: 1,
  },
})
