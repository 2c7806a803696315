import { join } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { unstable_readConfig as readConfig } from 'wrangler'
import { keepLog } from './support/logs.ts'

const root = join(import.meta.dirname, '..')
const configPath = join(root, 'wrangler.toml')
const { vars } = readConfig({ config: configPath })

// Wrangler looks for a `.dev.vars` and says what it found; here every value of one is overridden.
process.env.WRANGLER_LOG = 'error'

export default defineConfig({
  root,
  test: {
    globalSetup: 'test/support/global-setup.ts',
    onConsoleLog: keepLog,
    projects: [
      {
        root,
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath },
            miniflare: { bindings: { ...vars, ...inject('bindings') } },
          })),
        ],
        test: {
          name: 'worker',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/scripts/**'],
          provide: { seed: Number(process.env.SEED || Date.now() % 1e9) },
          // A password takes 100 ms of a free processor, one of Django's seconds.
          testTimeout: 60_000,
        },
      },
      // What a person runs in Node.
      { root, test: { name: 'scripts', include: ['test/scripts/**/*.test.ts'], testTimeout: 60_000 } },
    ],
  },
})
