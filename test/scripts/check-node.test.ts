import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

const run = promisify(execFile)

it('says how to install what is missing, whatever left it out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-check-node-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp('scripts/check-node.mjs', join(folder, 'scripts/check-node.mjs'))
  const check = () =>
    run(process.execPath, [join(folder, 'scripts/check-node.mjs')]).then(
      () => '',
      (error) => error.stderr,
    )
  const install = '`npm ci --include=dev --include=optional --ignore-scripts=false`'

  expect(await check()).toBe(`The packages are missing: run ${install} first.\n`)
  await mkdir(join(folder, 'node_modules/wrangler'), { recursive: true })
  expect(await check()).toMatch(
    /^The Workers runtime is missing \(@cloudflare\/workerd-.*: run `npm ci --include=dev /,
  )
  await cp('node_modules/@cloudflare', join(folder, 'node_modules/@cloudflare'), {
    recursive: true,
    filter: (path) => !/workerd-[^/\\]*[/\\]/.test(path),
  })
  expect(await check()).toBe('')
})

it('has npm ci install everything, whatever NODE_ENV says, from npm alone, and show errors only', async () => {
  const env = { ...process.env, NODE_ENV: 'production' }
  const values = await Promise.all(
    ['include', 'loglevel', 'omit-lockfile-registry-resolved', 'onnxruntime-node-install'].map(async (name) =>
      (await run('npm', ['config', 'get', name], { env })).stdout.trim(),
    ),
  )

  expect(values).toEqual(['dev,optional', 'error', 'true', 'skip'])
})
