import { enableCompileCache } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { keepLog } from './support/logs.ts'
import { packagesIn, packagesWithoutMaps } from './support/packages.ts'

// Most of the start is Node compiling these two, unless it keeps what it made of them; so it is of every script that a test runs.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')
enableCompileCache()
const { cloudflareTest } = await import('@cloudflare/vitest-plugin')
const { unstable_readConfig: readConfig } = await import('wrangler')

const root = join(import.meta.dirname, '..')
const configPath = join(root, 'wrangler.toml')
const { vars } = readConfig({ config: configPath })

// Wrangler looks for a `.dev.vars` and says what it found; here every value of one is overridden.
process.env.WRANGLER_LOG = 'error'

/** Tests of what a person runs in Node. */
const IN_NODE = ['scripts', 'stack', 'adopt', 'detector', 'camera'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

/** The longest files, which begin first: else one worker would end long after the other, where no run before tells how long each takes. */
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
    // One more than Vitest takes: the tests wait for the database as much as they work.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // What waits for its time to be up waits together. A worker takes this once, for all its files.
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
          // An isolate serves one request after the other when deployed, and takes two seconds to start here.
          isolate: false,
          provide: { seed: Number(process.env.SEED || Date.now() % 1e9) },
          // A password takes 100 ms of a free processor, one of Django's seconds.
          testTimeout: 60_000,
          deps: { optimizer: { ssr: packagesIn(join(root, 'src')) } },
        },
      },
      { root, test: { name: 'node', include: IN_NODE, testTimeout: 60_000 } },
    ],
  },
})
