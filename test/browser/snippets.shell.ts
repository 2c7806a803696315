import { execFile, execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'

const page = await readFile('docs/clients.md', 'utf8')

/** The shell commands under a heading of the page. */
const snippet = (heading: string) =>
  new RegExp(`^## ${heading}\\n[^#]*?^\`\`\`sh\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? ''

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
    // A test has no terminal, and HTTPie reads a body from whatever is in its place.
    const noTerminal = 'http() { command http --ignore-stdin "$@"; }'
    const { stdout } = await run(`${noTerminal}\n${snippet('HTTPie')}\necho "uploaded to $URL"`)

    expect(stdout).toMatch(/"rule_nickname": ?"Night Motion Alert"/)
    expect(stdout).toMatch(/uploaded to http\S+\.jpeg\?/)
  },
)

function has(command: string, argument: string) {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
