import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ask, copyOf } from '../adopt/database.ts'
import { assertNoSecretIn } from '../support/logs.ts'

const folder = await mkdtemp(join(tmpdir(), 'scout-logs-'))
afterAll(() => rm(folder, { recursive: true }))

const CANARY = '{"event":"canary","secret":"of this run"}\n'

/** Searches a log for a key, and for the locations of two cameras. */
async function search(log: string) {
  const database = await copyOf('scout_empty')
  await ask(
    database,
    `insert into users (email, username, password, first_name, last_name, is_active, is_staff, is_superuser, date_joined)
     values ('jane@example.com', 'jane', '!', '', '', true, false, false, now());
     insert into camera_camera (owner_id, location, created_at)
     select id, location, now() from users, unnest(array['Veranda', '7e-323']) location`,
  )
  const file = join(folder, 'worker.log')
  await writeFile(file, log)
  return assertNoSecretIn(file, { 'the key': 'twelve-words' }, database.url, 'of this run')
}

it('lets pass what is of the service itself, and ids, whatever a part of one is like', () =>
  search(`${CANARY}{"event":"request","requestId":"01a21ffb-ae67-7e94-ad7e-323cc25a0c57","status":200}\n`))

it.each([
  ['a secret', '{"event":"x","message":"twelve-words"}', 'the key'],
  ['a text of the database', '{"event":"x","message":"at Veranda"}', 'camera_camera.location'],
  ['a text like a part of an id', '{"event":"x","message":"7e-323"}', 'camera_camera.location'],
  ['an email', '{"event":"x","message":"joe@example.com"}', '@'],
  ['a URL', '{"event":"x","message":"https://example.com"}', 'https'],
])('finds %s', async (_name, line, words) => {
  await expect(search(`${CANARY}${line}\n`)).rejects.toThrow(words)
})

it('is not green where nothing was searched', async () => {
  await expect(search('')).rejects.toThrow('What the Worker logged was not searched for secrets.')
})
