import { join } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { unstable_readConfig as readConfig } from 'wrangler'

const root = join(import.meta.dirname, '..')
const configPath = join(root, 'wrangler.toml')
const { vars } = readConfig({ config: configPath })

// Wrangler looks for a `.dev.vars` and says what it found; here every value of one is overridden.
process.env.WRANGLER_LOG = 'error'

export default defineConfig({
  root,
  plugins: [
    cloudflareTest(({ inject }) => ({
      wrangler: { configPath },
      miniflare: { bindings: { ...vars, ...inject('bindings') } },
    })),
  ],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: 'test/support/global-setup.ts',
    provide: { seed: Number(process.env.SEED || Date.now() % 1e9) },
    // A password takes 100 ms of a free processor, one of Django's seconds.
    testTimeout: 60_000,
  },
})
