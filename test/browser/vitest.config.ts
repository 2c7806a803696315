import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Tests that need the Worker over HTTP, from a browser or a shell. */
export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/browser/*.browser.ts', 'test/browser/*.shell.ts'],
    globalSetup: 'test/browser/global-setup.ts',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000, interval: 250 } },
    // Two more than Vitest's default, since each test mostly waits for its browser.
    maxWorkers: availableParallelism() + 1,
  },
})
