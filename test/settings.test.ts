import { describe, expect, it } from 'vitest'
import { hashPassword } from '../src/auth/passwords.ts'
import { breakSql, newRequestId, send } from './support/client.ts'
import { aUser, newEmail, PASSWORD, sql } from './support/factories.ts'

describe('PASSWORD_ROUNDS', () => {
  const settings = { PASSWORD_ROUNDS: '7' }
  const hashOf = async (email: string) => {
    const [row] = await sql`select password from users where email = ${email}`
    return String(row!.password)
  }

  it('is what a new hash costs', async () => {
    const email = newEmail()
    const { status, body } = await send('POST', '/v1/auth/register/', {
      json: { email, password: PASSWORD },
      settings,
    })
    expect(status).toBe(201)
    expect(await hashOf(email)).toMatch(/^pbkdf2_sha512_chain\$3x7\$/)

    const password = 'calm-harbour-83'
    await send('PATCH', `/v1/user/${body.public_user_id}/`, {
      json: { password, current_password: PASSWORD },
      token: body.access,
      settings,
    })
    expect(await hashOf(email)).toMatch(/^pbkdf2_sha512_chain\$3x7\$/)
    expect((await send('POST', '/v1/auth/token/', { json: { email, password }, settings })).status).toBe(200)
  })

  it('leaves good what another cost made, and makes it anew', async () => {
    const { email } = await aUser({ password: await hashPassword(PASSWORD, 7) })
    const signIn = { json: { email, password: PASSWORD } }

    expect((await send('POST', '/v1/auth/token/', signIn)).status).toBe(200)
    await expect.poll(() => hashOf(email)).toMatch(/^pbkdf2_sha512_chain\$3x70000\$/)
    expect((await send('POST', '/v1/auth/token/', { ...signIn, settings })).status).toBe(200)
    await expect.poll(() => hashOf(email)).toMatch(/^pbkdf2_sha512_chain\$3x7\$/)
  })
})

describe('SQL_TIMEOUT_IN_MS', () => {
  it('ends what waits for the database', async () => {
    const { access: token } = await aUser()
    const request = newRequestId()
    await breakSql({ fault: 'drop', request })
    const start = Date.now()
    const { status } = await send('GET', '/v1/cameras/', {
      token,
      headers: { 'X-Request-Id': request },
      settings: { SQL_TIMEOUT_IN_MS: '600' },
    })
    expect(status).toBe(503)
    expect(Date.now() - start).toBeLessThan(2_000)
  })
})
