import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, it, onTestFinished } from 'vitest'
import { joined } from '../../scripts/client/joined.ts'

const page = await readFile('docs/clients.md', 'utf8')

/** The code blocks under a heading of the page. */
const snippet = (heading: string, language = 'sh') =>
  new RegExp(`^## ${heading}\\n[^#]*?^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? ''

const run = (script: string) =>
  promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    env: { ...process.env, API: inject('url') },
  })

it('the curl commands do the main job', async () => {
  const { stdout } = await run(`${snippet('curl')}\necho "uploaded to $URL"`)

  expect(stdout).toContain('"rule_nickname":"Night Motion Alert"')
  expect(stdout).toMatch(/uploaded to http\S+\.jpeg\?/)
})

const isInstalled = has('http', '--version')
it.skipIf(!isInstalled)(
  `the HTTPie commands do${isInstalled ? '' : ', but HTTPie is not installed here'}`,
  async () => {
    // Without a terminal HTTPie reads a body from stdin.
    const noTerminal = 'http() { command http --ignore-stdin "$@"; }'
    const { stdout } = await run(`${noTerminal}\n${snippet('HTTPie')}\necho "uploaded to $URL"`)

    expect(stdout).toMatch(/"rule_nickname": ?"Night Motion Alert"/)
    expect(stdout).toMatch(/uploaded to http\S+\.jpeg\?/)
  },
)

it('the TypeScript is right in its types, and does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-snippet-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'scout-client.ts'), await joined('clients/typescript/src'))
  // Values that the page leaves to its reader.
  const given = `const jpeg = new Uint8Array([0xff, 0xd8]), remember = (_: unknown) => {}\n`
  const code = snippet('TypeScript', 'ts').replace('https://api.example.com', inject('url'))
  await writeFile(join(folder, 'example.mts'), `${given}${code}\nconsole.log(key)`)
  const body = JSON.stringify({ email: 'jane.doe@example.com', password: 'securepassword123' })
  const headers = { 'Content-Type': 'application/json' }
  await fetch(`${inject('url')}/v1/auth/register/`, { method: 'POST', headers, body })

  const types =
    '--strict --noEmit --target ES2024 --module NodeNext --allowImportingTsExtensions --ignoreConfig --types'
  await run(`tsc ${types} "" ${folder}/example.mts`)
  const { stdout } = await run(`node ${folder}/example.mts`)

  expect(stdout).toMatch(/^Front Door\n400 \[ 'This field may not be blank.' \]\n\S+\.jpeg\n$/)
})

function has(command: string, argument: string) {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
