import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, type TestContext, vi } from 'vitest'
import { assertPortIsFree } from '../../stack/net.ts'

/** Starts a script with a separate folder for temporary files; `left` lists what remains in it. */
async function start(script: string, { onTestFinished }: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'scout-stopping-'))
  // As root, PostgreSQL runs as another user, who needs access.
  await chmod(folder, 0o755)
  const child = spawn(process.execPath, [script], { env: { ...process.env, TMPDIR: folder } })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await exited
    await rm(folder, { recursive: true, force: true })
  })
  const left = async () => (await readdir(folder)).filter((name) => name.startsWith('scout-'))
  return { child, exited, folder, left }
}

// Concurrent, since each test mostly waits for processes.
it.concurrent.for([
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)('%s ends a load test with all that it started', async ([signal, status], context) => {
  const { child, exited, left } = await start('test/scripts/load.ts', context)
  const [ports] = await once(child.stdout, 'data')
  expect(await left()).toHaveLength(2)

  child.kill(signal)

  expect(await exited).toEqual([status, null])
  expect(await left()).toEqual([])
  for (const port of JSON.parse(ports)) await assertPortIsFree(port)
})

it.concurrent('ends a load test that is still starting', async (context) => {
  const { child, exited, left } = await start('test/scripts/load.ts', context)
  await vi.waitUntil(async () => (await left()).length > 0, 40_000)

  child.kill()

  expect(await exited).toEqual([143, null])
  expect(await left()).toEqual([])
})

it.concurrent('ends PostgreSQL also where a load test is killed', async (context) => {
  const { child, exited, folder, left } = await start('test/scripts/load.ts', context)
  const port = await vi.waitFor(async () => {
    const [name = ''] = await left()
    const file = join(folder, name, 'postgres/data/postmaster.pid')
    const [, , , port, , , , status] = (await readFile(file, 'utf8')).split('\n')
    expect(status).toMatch(/^ready/)
    return Number(port)
  }, 40_000)

  child.kill('SIGKILL')
  await exited

  await vi.waitUntil(async () => (await left()).length === 0, 30_000)
  await vi.waitFor(() => assertPortIsFree(port), 5_000)
})
