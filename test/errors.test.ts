import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { connect, type DatabaseError } from '../src/db/client.ts'
import { given, reading } from '../src/db/statement.ts'
import { explain } from '../src/errors.ts'

const asking = reading(() => ({ answers: { answer: sql`1 / length(${given('text')})` } }))

/** The database's error for a statement with this value. */
const refusalOf = (text: string): Promise<DatabaseError> =>
  asking(connect(env), { text }).then(
    () => Promise.reject(new Error('was taken')),
    (error) => error,
  )

describe('an error nobody foresaw', () => {
  it('answers 400 where the database refuses a value', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()

    const { status, body } = explain(await refusalOf('hush\0hush'), 'request-1')

    expect(status).toBe(400)
    expect(body).toEqual({ detail: 'The request holds a value that cannot be stored.' })
    expect(logged.mock.calls).toEqual([
      [JSON.stringify({ event: 'database_error', requestId: 'request-1', sqlstate: '22021' })],
    ])
  })

  it('answers 500 and tells nothing, in the log no message either', () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()

    const { status, body } = explain(new TypeError('hush'), 'request-2')

    expect(status).toBe(500)
    expect(body).toEqual({ detail: 'A server error occurred.' })
    expect(JSON.parse(logged.mock.lastCall?.[0])).toMatchObject({
      event: 'unexpected_error',
      requestId: 'request-2',
      name: 'TypeError',
    })
    expect(logged.mock.lastCall?.[0]).not.toContain('hush')
  })
})
