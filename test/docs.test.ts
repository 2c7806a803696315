import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { document } from './support/described.ts'

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  exports.default.fetch(
    new Request(new URL(path, 'https://scout.test'), { method, headers, redirect: 'manual' }),
  )

describe('/openapi.json', () => {
  it('is the description that every answer of this suite is held against', async () => {
    const response = await get('/openapi.json')

    expect(response.status).toBe(200)
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(await response.json()).toEqual(document)
  })

  it('is kept by clients until it changes', async () => {
    const { headers } = await get('/openapi.json')
    const again = await get('/openapi.json', { 'If-None-Match': headers.get('ETag')! })

    expect(headers.get('Cache-Control')).toBe('public, no-cache')
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
  })

  it('answers HEAD', async () => {
    const response = await get('/openapi.json', {}, 'HEAD')

    expect([response.status, await response.text()]).toEqual([200, ''])
  })
})

describe('/', () => {
  it.each(['GET', 'HEAD'])('leads a %s to /docs', async (method) => {
    const { status, headers } = await get('/', {}, method)

    expect([status, headers.get('Location')]).toEqual([302, '/docs'])
  })

  it('has no other method', async () => {
    const { status, headers } = await get('/', {}, 'POST')

    expect([status, headers.get('Allow')?.split(', ').sort()]).toEqual([405, ['GET', 'HEAD', 'OPTIONS']])
  })
})

describe('/docs', () => {
  it.each(['/docs', '/docs/'])('is a page at %s that may talk to this service alone', async (path) => {
    const response = await get(path)
    const policy = response.headers.get('Content-Security-Policy')!

    expect(response.status).toBe(200)
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/)
  })

  it('has its scripts here, under names that change with them, and kept for a year', async () => {
    const page = await (await get('/docs')).text()
    const scripts = [...page.matchAll(/src="([^"]+)"/g)].map(([, src]) => src!)

    expect(scripts).toHaveLength(2)
    for (const src of scripts) {
      const response = await get(src)
      expect(src).toMatch(/^\/docs\/[a-z]+-[\da-f]{16}\.js$/)
      expect(response.status).toBe(200)
      expect(response.headers.get('Content-Type')).toMatch(/^text\/javascript/)
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
      await response.body?.cancel()
    }
  })

  it.each([
    '/docs/none.js',
    '/docs/reference.html',
    '/docs/..%2fcommon-passwords.txt',
    '/common-passwords.txt',
  ])('has nothing at %s', async (path) => {
    const response = await get(path)

    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ detail: 'Not found.' })
  })
})
