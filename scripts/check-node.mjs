// Runs before the npm scripts, on any Node since 12: says in a sentence why they can't run here.
import { existsSync } from 'node:fs'

// The first that runs TypeScript as it is. `npm ci` puts a newer one into node_modules/.bin, which npm scripts find first.
const OLDEST = [22, 18]

const [major, minor] = process.versions.node.split('.').map(Number)
const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`.replace(
  'x64',
  '64',
)
const workerd = `@cloudflare/workerd-${platform}`
const hasPackage = (name) => existsSync(new URL(`../node_modules/${name}`, import.meta.url))

if (isOld) {
  refuse(
    `Node ${process.versions.node} is too old: run \`npm ci\`, which brings its own, or install Node 24.`,
  )
}
if (!hasPackage('wrangler')) refuse('The packages are missing: run `npm ci` first.')
if (!hasPackage(workerd)) {
  refuse(
    `The Workers runtime is missing (${workerd}): run \`npm ci\` on this machine, without --omit=optional.`,
  )
}

function refuse(sentence) {
  console.error(sentence)
  process.exit(1)
}
