import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Tests that need Debian's ffmpeg: network cameras and films. */
export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/ffmpeg/*.ffmpeg.ts'],
    globalSetup: 'test/ffmpeg/global-setup.ts',
    testTimeout: 60_000,
  },
})
