import { describe, expect, it } from 'vitest'
import { send } from '../support/client.ts'

const APP = 'https://app.example.com'
const settings = { CORS_ORIGINS: `${APP}, http://localhost:5173` }
const preflight = { Origin: APP, 'Access-Control-Request-Method': 'PATCH' }

const corsHeaders = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))

describe('without CORS_ORIGINS', () => {
  it('tells browsers nothing', async () => {
    const { status, headers } = await send('GET', '/v1/cameras/', { headers: { Origin: APP } })

    expect(status).toBe(401)
    expect(corsHeaders(headers)).toEqual({})
  })

  it('answers a preflight as any OPTIONS, with the path’s methods', async () => {
    const { status, headers } = await send('OPTIONS', '/v1/cameras/', { headers: preflight })

    expect(status).toBe(204)
    expect(headers.get('Allow')).toBe('GET, HEAD, POST, OPTIONS')
    expect(corsHeaders(headers)).toEqual({})
  })
})

describe('with CORS_ORIGINS', () => {
  it('lets a page of a named origin read answers, refusals too', async () => {
    const { status, headers } = await send('GET', '/v1/cameras/', { headers: { Origin: APP }, settings })

    expect(status).toBe(401)
    expect(corsHeaders(headers)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-expose-headers': 'Link,Retry-After,X-Request-Id',
    })
    expect(headers.get('Vary')).toBe('Origin')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  it('answers a preflight of a named origin, for a day', async () => {
    const path = '/v1/cameras/019731a2-1234-7abc-8def-000000000002/'
    const { status, headers, body } = await send('OPTIONS', path, { headers: preflight, settings })

    expect([status, body]).toEqual([204, null])
    expect(corsHeaders(headers)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET,HEAD,POST,PUT,PATCH,DELETE',
      'access-control-allow-headers': 'Authorization,Content-Type,X-Request-Id',
      'access-control-expose-headers': 'Link,Retry-After,X-Request-Id',
      'access-control-max-age': '86400',
    })
  })

  it.each([
    ['another origin', { ...preflight, Origin: 'https://evil.example' }],
    ['an origin that only begins alike', { ...preflight, Origin: `${APP}.evil.example` }],
    ['no origin at all', { 'Access-Control-Request-Method': 'PATCH' }],
    ['the origin “null”', { ...preflight, Origin: 'null' }],
  ])('answers a preflight of %s with the path’s methods alone', async (_, headers) => {
    const answer = await send('OPTIONS', '/v1/cameras/', { headers, settings })

    expect(answer.status).toBe(204)
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, POST, OPTIONS')
    expect(corsHeaders(answer.headers)).not.toHaveProperty('access-control-allow-origin')
  })

  it('lets no page of another origin read answers', async () => {
    const { headers } = await send('GET', '/v1/cameras/', {
      headers: { Origin: 'https://evil.example' },
      settings,
    })

    expect(corsHeaders(headers)).not.toHaveProperty('access-control-allow-origin')
    expect(headers.get('Vary')).toBe('Origin')
  })

  it('still tells a path’s methods to whoever asks for them', async () => {
    const { status, headers } = await send('OPTIONS', '/v1/uploads/presign', {
      headers: { Origin: APP },
      settings,
    })

    expect(status).toBe(204)
    expect(headers.get('Allow')).toBe('POST, OPTIONS')
  })
})
