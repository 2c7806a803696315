import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Packages that only some tests need, each bundled separately. */
const OF_TESTS = ['fast-check']

/**
 * Bundles the packages that `src` imports into one file. It loads at once, and its functions call each other directly, as when
 * deployed; the test runner's lookups between modules would make a hash four times as slow. It is minified, since it is sent to the
 * isolate of every test file.
 */
export const packagesIn = (src: string) => ({
  enabled: true,
  include: [...importsIn(src), 'hono/jsx/jsx-dev-runtime', '@cfworker/json-schema', ...OF_TESTS],
  rolldownOptions: {
    output: {
      codeSplitting: {
        groups: [
          { name: 'packages', test: new RegExp(`node_modules[\\\\/](?!${OF_TESTS.join('|')}|pure-rand)`) },
        ],
      },
      minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
    },
  },
})

/** Drops their source maps, which would be twice as long as the code and sent along with it. */
export const packagesWithoutMaps: Plugin = {
  name: 'packages without maps',
  // Vite keeps its source map if the code is unchanged.
  transform: (code, id) =>
    id.includes('/deps_ssr/') ? { code: `${code}\n`, map: { mappings: '' } } : undefined,
}

function importsIn(src: string) {
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
  const imports = names.flatMap((name) => [
    ...readFileSync(join(src, name), 'utf8').matchAll(
      /^(?:import (?!type)|\} )[^']*from '(@?[a-z][^':]*)'/gm,
    ),
  ])
  return new Set(imports.map(([, id = '']) => id))
}
