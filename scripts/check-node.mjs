// Runs before the npm scripts, on any Node since 12: says in a sentence why they can't run here.
import { existsSync } from 'node:fs'

// The first version that runs TypeScript directly. `npm ci` installs a newer one into node_modules/.bin, which npm scripts
// find first.
const OLDEST = [22, 18]

// The flags make it work whatever npm's configuration and NODE_ENV omit.
const INSTALL = '`npm ci --include=dev --include=optional --ignore-scripts=false`'

const [major, minor] = process.versions.node.split('.').map(Number)
const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`.replace(
  'x64',
  '64',
)
const workerd = `@cloudflare/workerd-${platform}`
const isThere = (path) => existsSync(new URL(`../node_modules/${path}`, import.meta.url))

if (!isThere('wrangler')) refuse(`The packages are missing: run ${INSTALL} first.`)
if (!isThere(workerd)) refuse(`The Workers runtime is missing (${workerd}): run ${INSTALL} on this machine.`)
if (isOld && !isThere('node/bin')) {
  refuse(
    `Node ${process.versions.node} is too old, and the one that the package \`node\` brings was not installed, as its script did not run: run ${INSTALL}, or install Node 24.`,
  )
}
if (isOld)
  refuse(
    `Node ${process.versions.node} is too old: start it as \`npm run …\`, which finds the packages' own.`,
  )

function refuse(sentence) {
  console.error(sentence)
  process.exit(1)
}
