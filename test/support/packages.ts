import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** What only some of the tests need, each in a file of its own. */
const OF_TESTS = ['fast-check']

/**
 * Puts what `src` imports of packages into one file. It loads at once, and its functions call each other as they do when
 * deployed: from module to module the test runner looks each one up, which makes a hash four times as slow. Without its blanks
 * it is half as long, and goes letter by letter to the isolate of every test file.
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

/** Their source maps would be twice as long as they are, and go the same way. */
export const packagesWithoutMaps: Plugin = {
  name: 'packages without maps',
  // Vite keeps the map of what comes back as it went in.
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
