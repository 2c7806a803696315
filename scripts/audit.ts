// npm run audit: known vulnerabilities in the packages, from npm's registry, and the licence of every package.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../stack/dev-vars.ts'
import { fail } from '../stack/words.ts'

/** The allowed licences of packages: of what is deployed, of what a client ships, and of what only builds and tests. */
const DEPLOYED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']
/** libvips stays a separate library beside sharp, which anybody may replace. */
const CLIENT = [...DEPLOYED, 'LGPL-3.0-or-later']
const DEVELOPMENT = [
  ...CLIENT,
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'MIT-0',
  'MPL-2.0',
  'PostgreSQL',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
]
/** The licence in a package's README if its package.json has none. */
const ELSEWHERE: Record<string, string> = { 'humanize-number': 'MIT' }

type Use = 'deployed' | 'client' | 'development'
type Package = { name: string; version: string; license: string; use: Use }
type Lock = { packages: Record<string, Locked> }
type Locked = {
  version: string
  dev?: boolean
  devOptional?: boolean
  optional?: boolean
  link?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
type Advisories = {
  metadata?: { vulnerabilities: Record<string, number> }
  message?: string
  error?: { summary?: string }
}

const ALLOWED: Record<Use, string[]> = { deployed: DEPLOYED, client: CLIENT, development: DEVELOPMENT }

const packages = await readPackages()
const bad = packages.filter(({ license, use }) => !isAllowed(license, ALLOWED[use]))
for (const { name, version, license } of bad)
  console.error(`${name} ${version} has ${license ? `the licence ${license}` : 'no licence'}.`)
const count = (use: Use) => packages.filter((one) => one.use === use).length
console.log(
  `Licences: ${count('deployed')} packages deployed, ${count('client')} in clients and ${count('development')} for development, ${bad.length} not allowed.`,
)

const worst = await askForAdvisories()
if (bad.length > 0 || worst > 0) fail('The audit failed.')

/** The installed packages, from the lock file and each package's own package.json. */
async function readPackages(): Promise<Package[]> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as Lock
  const deployed = neededBy('', lock)
  const found = await Promise.all(
    Object.entries(lock.packages)
      // The rest is ours: the project itself, and its workspaces with their links.
      .filter(([path, { link }]) => path.includes('node_modules/') && !link)
      .map(async ([path, { dev, devOptional, optional }]) => {
        const text = await readFile(join(ROOT, path, 'package.json'), 'utf8').catch(() => null)
        // Packages for other platforms are only in the lock file.
        if (text === null && optional) return null
        if (text === null) return fail(`${path} is missing: run \`npm ci\` first.`)
        const { name, version, license, licenses } = JSON.parse(text)
        return {
          name,
          version,
          license: spelled(license ?? licenses ?? ELSEWHERE[name]),
          use: useOf({ isDeployed: deployed.has(path), isDevelopment: Boolean(dev || devOptional) }),
        }
      }),
  )
  return found.filter((one) => one !== null)
}

function useOf({ isDeployed, isDevelopment }: { isDeployed: boolean; isDevelopment: boolean }): Use {
  if (isDeployed) return 'deployed'
  return isDevelopment ? 'development' : 'client'
}

/** The places of the packages that one needs at run time, and of those that they need; '' is the project. */
function neededBy(path: string, lock: Lock, found = new Set<string>()) {
  const { dependencies, optionalDependencies } = lock.packages[path]!
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const folders = path
      .split('/node_modules/')
      .map((_, i, parts) => parts.slice(0, parts.length - i).join('/node_modules/'))
    const place = [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`].find(
      (one) => one in lock.packages,
    )
    if (!place || found.has(place)) continue
    found.add(place)
    neededBy(place, lock, found)
  }
  return found
}

/** The SPDX expression of a package, in any of the forms in use. */
function spelled(license: unknown): string {
  if (Array.isArray(license)) return license.map(spelled).join(' OR ')
  if (typeof license === 'object' && license && 'type' in license) return String(license.type)
  return typeof license === 'string' ? license : ''
}

/** With alternatives, one must be allowed; with several licences that all apply, every one. */
function isAllowed(license: string, allowed: string[]) {
  const alternatives = license.replace(/[()]/g, '').split(' OR ')
  return alternatives.some((part) => part.split(' AND ').every((one) => allowed.includes(one)))
}

/** The number of serious vulnerabilities; 0, with a line that says so, if the registry does not answer. */
async function askForAdvisories() {
  const { stdout } = await promisify(execFile)('npm', ['audit', '--json'], {
    cwd: ROOT,
    timeout: 60_000,
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }))
  const { metadata, message, error } = parse(stdout)
  if (!metadata) {
    console.log(
      `Advisories: NOT CHECKED, no advisory service answers here (${message ?? error?.summary ?? 'no answer'}).`,
    )
    return 0
  }
  const { high = 0, critical = 0, moderate = 0, low = 0 } = metadata.vulnerabilities
  console.log(`Advisories: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low.`)
  return critical + high
}

function parse(text: string): Advisories {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
