import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { close, listen, LOOPBACK } from '../../stack/net.ts'
import { startWorkerd } from '../../stack/workerd.ts'

const SCRIPT = `export default {
  async fetch(request, { EVENTS }) {
    await EVENTS.send({ what: 'late' }, { delaySeconds: 1 })
    await EVENTS.send({ what: 'early' })
    return new Response()
  },
  async queue({ queue, messages }, { HEARD }) {
    for (const { body } of messages) await fetch(HEARD + '/' + queue + '/' + body.what)
  },
  async scheduled({ cron }, { HEARD }) {
    await fetch(HEARD + '/' + encodeURIComponent(cron))
  },
}`

const heard: { path: string; at: number }[] = []
const listener = createServer(({ url = '' }, response) => {
  heard.push({ path: decodeURIComponent(url), at: performance.now() })
  response.end()
})
const folder = await mkdtemp(join(tmpdir(), 'scout-small-worker-'))

afterAll(async () => {
  await close(listener)
  await rm(folder, { recursive: true })
})

it('gives a Worker a queue, with delays, and a clock', async () => {
  const script = join(folder, 'worker.js')
  await writeFile(script, SCRIPT)
  const HEARD = `http://${LOOPBACK}:${await listen(listener, 0)}`
  await using server = await startWorkerd({ small: { script, bindings: { HEARD } } })

  await server.ring('small', '* * * * *')
  await fetch(server.url('small'))
  const sentAt = performance.now()

  await expect.poll(() => heard.length, { timeout: 5_000 }).toBe(3)
  const paths = heard.map(({ path }) => path)
  expect(paths).toEqual(['/* * * * *', '/scout-events/early', '/scout-events/late'])
  expect(heard[2]!.at - sentAt).toBeGreaterThan(900)
})
