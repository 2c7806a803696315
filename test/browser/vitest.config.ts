import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** What needs the Worker as the world sees it: a browser, or a shell. */
export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/browser/*.browser.ts', 'test/browser/*.shell.ts'],
    globalSetup: 'test/browser/global-setup.ts',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // One more than Vitest takes: each waits for its browser.
    maxWorkers: availableParallelism(),
  },
})
