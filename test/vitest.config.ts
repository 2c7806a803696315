import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { unstable_readConfig as readConfig } from 'wrangler'
import { keepLog } from './support/logs.ts'

const root = join(import.meta.dirname, '..')
const configPath = join(root, 'wrangler.toml')
const { vars } = readConfig({ config: configPath })

/**
 * What `src` imports of packages, and two of the tests. In one file they load at once, and call their own functions as they do
 * when deployed: from module to module the test runner looks each one up, which makes a hash four times as slow.
 */
const packages = new Set(['hono/jsx/jsx-dev-runtime', '@cfworker/json-schema', 'fast-check'])
for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }))
  if (/\.tsx?$/.test(name))
    for (const [, id = ''] of readFileSync(join(root, 'src', name), 'utf8').matchAll(
      /^(?:import (?!type)|\} )[^']*from '(@?[a-z][^':]*)'/gm,
    ))
      packages.add(id)
const IN_ONE_FILE = { output: { codeSplitting: { groups: [{ name: 'packages', test: /node_modules/ }] } } }

// Wrangler looks for a `.dev.vars` and says what it found; here every value of one is overridden.
process.env.WRANGLER_LOG = 'error'

export default defineConfig({
  root,
  test: {
    globalSetup: 'test/support/global-setup.ts',
    onConsoleLog: keepLog,
    // One more than Vitest takes: the tests wait for the database as much as they work.
    maxWorkers: availableParallelism(),
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
          setupFiles: 'test/support/canary.ts',
          provide: { seed: Number(process.env.SEED || Date.now() % 1e9) },
          // A password takes 100 ms of a free processor, one of Django's seconds.
          testTimeout: 60_000,
          deps: {
            optimizer: { ssr: { enabled: true, include: [...packages], rolldownOptions: IN_ONE_FILE } },
          },
        },
      },
      // What a person runs in Node.
      { root, test: { name: 'scripts', include: ['test/scripts/**/*.test.ts'], testTimeout: 60_000 } },
    ],
  },
})
