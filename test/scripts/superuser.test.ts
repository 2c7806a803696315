import { pbkdf2Sync } from 'node:crypto'
import { expect, it } from 'vitest'
import { createSuperuser, EmailTaken, passwordWords } from '../../scripts/stack/superuser.ts'
import { ask, copyOf } from './database.ts'

const EMAIL = 'first@example.com'
const PASSWORD = 'plain-sailing-77'

it('makes a superuser whose password has no spaces around it, as the API trims them', async () => {
  const database = await copyOf('scout_empty')
  expect(await passwordWords(EMAIL, `  ${PASSWORD}\n`)).toEqual([])
  expect(await passwordWords(EMAIL, '  1b3d5  ')).toHaveLength(1)
  await createSuperuser(database.url, EMAIL, `  ${PASSWORD}\n`)
  const [user] = await ask(database, 'select * from users')
  expect(user).toMatchObject({
    email: EMAIL,
    username: EMAIL,
    is_active: true,
    is_staff: true,
    is_superuser: true,
  })
  expect(hashLike(user!.password)).toBe(user!.password)
  await expect(createSuperuser(database.url, EMAIL.toUpperCase(), PASSWORD)).rejects.toThrow(EmailTaken)
})

/** The hash of PASSWORD with a hash's own salt and rounds. */
function hashLike(stored: string) {
  const [scheme, cost = '', salt = ''] = stored.split('$')
  const [calls = 0, rounds = 0] = cost.split('x').map(Number)
  let key = Buffer.from(PASSWORD)
  for (let call = 0; call < calls; call++)
    key = pbkdf2Sync(key, Buffer.from(salt, 'base64'), rounds, 32, 'sha512')
  return [scheme, cost, salt, key.toString('base64')].join('$')
}
