// npm run audit: known holes in the packages, as npm's registry tells them, and the licence of every package.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../stack/dev-vars.ts'
import { fail } from '../stack/words.ts'

/** Licences under which the packages may be used: of what is deployed, and of what only builds and tests it. */
const DEPLOYED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']
const DEVELOPMENT = [
  ...DEPLOYED,
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'LGPL-3.0-or-later',
  'MIT-0',
  'MPL-2.0',
  'PostgreSQL',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
]
/** What a package's README says where its package.json does not. */
const ELSEWHERE: Record<string, string> = { 'humanize-number': 'MIT' }

type Package = { name: string; version: string; license: string; isDevelopment: boolean }
type Lock = {
  packages: Record<
    string,
    { version: string; dev?: boolean; devOptional?: boolean; optional?: boolean; link?: boolean }
  >
}
type Advisories = {
  metadata?: { vulnerabilities: Record<string, number> }
  message?: string
  error?: { summary?: string }
}

const packages = await readPackages()
const bad = packages.filter(
  ({ license, isDevelopment }) => !isAllowed(license, isDevelopment ? DEVELOPMENT : DEPLOYED),
)
for (const { name, version, license } of bad)
  console.error(`${name} ${version} is licensed ${license || 'under nothing'}.`)
const deployed = packages.filter(({ isDevelopment }) => !isDevelopment)
console.log(
  `Licences: ${deployed.length} packages deployed and ${packages.length - deployed.length} for development, ${bad.length} not allowed.`,
)

const worst = await askForAdvisories()
if (bad.length > 0 || worst > 0) fail('The audit failed.')

/** What is installed, from the lock file and each package's own package.json. */
async function readPackages(): Promise<Package[]> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as Lock
  const found = await Promise.all(
    Object.entries(lock.packages)
      // The rest is ours: the project itself, and its workspaces with their links.
      .filter(([path, { link }]) => path.includes('node_modules/') && !link)
      .map(async ([path, { dev, devOptional, optional }]) => {
        const text = await readFile(join(ROOT, path, 'package.json'), 'utf8').catch(() => null)
        // Those for other platforms are in the lock file only.
        if (text === null && optional) return null
        if (text === null) return fail(`${path} is missing: run \`npm ci\` first.`)
        const { name, version, license, licenses } = JSON.parse(text)
        return {
          name,
          version,
          license: spelled(license ?? licenses ?? ELSEWHERE[name]),
          isDevelopment: Boolean(dev || devOptional),
        }
      }),
  )
  return found.filter((one) => one !== null)
}

/** The SPDX expression of a package, in any of the ways that were ever written. */
function spelled(license: unknown): string {
  if (Array.isArray(license)) return license.map(spelled).join(' OR ')
  if (typeof license === 'object' && license && 'type' in license) return String(license.type)
  return typeof license === 'string' ? license : ''
}

/** Of alternatives one must be allowed, of licences that all hold every one. */
function isAllowed(license: string, allowed: string[]) {
  const alternatives = license.replace(/[()]/g, '').split(' OR ')
  return alternatives.some((part) => part.split(' AND ').every((one) => allowed.includes(one)))
}

/** How many holes of weight there are; 0, and a line that says so, where nobody answers. */
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
