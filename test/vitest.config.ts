import { enableCompileCache } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { keepLog } from './support/logs.ts'
import { packagesIn, packagesWithoutMaps } from './support/packages.ts'

// Node spends most of its start compiling these two, so enable its compile cache, also for every script that a test runs.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')
enableCompileCache()
const { cloudflareTest } = await import('@cloudflare/vitest-plugin')
const { unstable_readConfig: readConfig } = await import('wrangler')

const root = join(import.meta.dirname, '..')
const configPath = join(root, 'wrangler.toml')
const { vars } = readConfig({ config: configPath })

// Wrangler reads a `.dev.vars` and prints what it found; here every value is overridden.
process.env.WRANGLER_LOG = 'error'

/** Tests of programs that run in Node. */
const IN_NODE = ['scripts', 'stack', 'adopt', 'detector', 'camera', 'phone/page'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

/** The slowest files start first. Otherwise, without timings of an earlier run, one worker would finish long after the other. */
const LONGEST = /\/(openapi\/\w+\.property|passwords|faults|races|adopt)\.test\.ts$/

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.test(moduleId)
    const ofProjects = Map.groupBy(await super.sort(files), ({ project }) => project)
    return [...ofProjects.values()].flatMap((some) => [
      ...some.filter(isLong),
      ...some.filter((file) => !isLong(file)),
    ])
  }
}

export default defineConfig({
  root,
  test: {
    globalSetup: 'test/support/global-setup.ts',
    onConsoleLog: keepLog,
    // One more than Vitest's default: the tests wait for the database as much as they compute.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // Tests that wait for a timeout wait concurrently. A worker reads this once, for all its files.
    maxConcurrency: 40,
    projects: [
      {
        root,
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath },
            miniflare: { bindings: { ...vars, ...inject('bindings') } },
          })),
          packagesWithoutMaps,
        ],
        test: {
          name: 'worker',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: IN_NODE,
          setupFiles: 'test/support/canary.ts',
          // A deployed isolate serves many requests, and here an isolate takes two seconds to start.
          isolate: false,
          provide: { seed: Number(process.env.SEED || Date.now() % 1e9) },
          // Hashing a password takes 100 ms on an idle processor; one of Django's takes seconds.
          testTimeout: 60_000,
          deps: { optimizer: { ssr: packagesIn(join(root, 'src')) } },
        },
      },
      { root, test: { name: 'node', include: IN_NODE, testTimeout: 60_000 } },
    ],
  },
})
