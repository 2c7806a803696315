import { createExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { describe, expect, inject, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { statementsOf } from '../support/client.ts'

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  exports.default.fetch(
    new Request(new URL(path, 'https://scout.test'), { method, headers, redirect: 'manual' }),
  )

/** The files that the page loads. */
async function filesOfPage() {
  const page = await (await get('/app/')).text()
  return [...page.matchAll(/(?:src|href)="(\/app\/assets\/[^"]+)"/g)].map(([, file]) => file!)
}

describe('/app', () => {
  it.each([
    ['/app', '/app/'],
    ['/app?camera=a%20b', '/app/?camera=a%20b'],
  ])('leads %s to %s', async (path, location) => {
    const { status, headers } = await get(path)

    expect([status, headers.get('Location')]).toEqual([308, location])
  })

  it.each(['/app/', '/app/cameras', '/app/cameras/0195d1a0-0000-7000-8000-000000000001/', '/app/?at=a.b'])(
    'is one page at %s, asked about again each time',
    async (path) => {
      const response = await get(path, { 'X-Request-Id': `test-${crypto.randomUUID()}` })

      expect(response.status).toBe(200)
      expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('Cache-Control')).toBe('public, no-cache')
      expect(await response.text()).toContain('<title>Scout</title>')
      expect(await statementsOf(response.headers.get('X-Request-Id')!)).toEqual([])
    },
  )

  it('sends the page no second time where it is the same', async () => {
    const { headers } = await get('/app/')
    const again = await get('/app/cameras', { 'If-None-Match': headers.get('ETag')! })

    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.get('Content-Security-Policy')).toBe(headers.get('Content-Security-Policy'))
  })

  it.each(['/app/', '/app/cameras'])('answers HEAD %s', async (path) => {
    const response = await get(path, {}, 'HEAD')

    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it.each(['POST', 'PUT', 'DELETE', 'PURGE'])('has no %s', async (method) => {
    const { status, headers } = await get('/app/cameras', {}, method)

    expect([status, headers.get('Allow')?.split(', ').sort()]).toEqual([405, ['GET', 'HEAD', 'OPTIONS']])
  })

  it.each(['/app/session', '/app/session/refresh'])('is not at %s', async (path) => {
    const page = { Origin: 'https://scout.test', 'Content-Type': 'application/json' }

    expect((await get(path)).status).toBe(403)
    expect((await get(path, page)).status).toBe(405)
  })
})

describe('a file of the app', () => {
  it('is kept for ever, since its name changes with it, and has no line in the log', async () => {
    const files = await filesOfPage()
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      expect(file).toMatch(/^\/app\/assets\/[\w-]+-[\da-f]{16}\.(js|css)$/)
      const logged = vi.spyOn(console, 'log').mockReturnValue()
      const response = await worker.fetch(
        new Request(new URL(file, 'https://scout.test')),
        { ...env, LOG_SAMPLE_RATE: '1' },
        createExecutionContext(),
      )
      expect(logged.mock.calls).toEqual([])
      expect([response.status, response.headers.get('Cache-Control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ])
      expect(response.headers.get('Content-Type')).toMatch(/^text\/(javascript|css)/)
      await response.body?.cancel()
    }
  })

  it.each([
    ['/app/sw.js', 'text/javascript; charset=utf-8'],
    ['/app/manifest.webmanifest', 'application/manifest+json'],
  ])('whose name stays, %s, is asked about again each time', async (path, type) => {
    const response = await get(path)
    const again = await get(path, { 'If-None-Match': response.headers.get('ETag')! })

    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, type])
    expect(response.headers.get('Cache-Control')).toBe('public, no-cache')
    expect(again.status).toBe(304)
    await response.body?.cancel()
  })

  it.each(['/app/icons/icon-192.png', '/app/icons/badge-96.png'])(
    'that each notification shows, %s, is asked for once a day',
    async (path) => {
      const { status, headers, body } = await get(path)

      expect([status, headers.get('Content-Type')]).toEqual([200, 'image/png'])
      expect(headers.get('Cache-Control')).toBe('public, max-age=86400')
      await body?.cancel()
    },
  )

  it.each([
    '/app/assets/index-0123456789abcdef.js',
    '/app/none.png',
    '/app/..%2fopenapi.json',
    '/app/assets/..%2f..%2fopenapi.json',
    '/app/../common-passwords.txt',
  ])('is not at %s, which nobody keeps', async (path) => {
    const response = await get(path)

    expect(response.status).toBe(404)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await response.json()).toEqual({ detail: 'Not found.' })
  })
})

describe('the policy of the app', () => {
  const policyOf = ({ headers }: Response) => headers.get('Content-Security-Policy')!

  it('names this service and the bucket, and nobody else', async () => {
    const bucket = `${inject('bindings').S3_ENDPOINT}/scout-test/`
    for (const path of ['/app/', ...(await filesOfPage())]) {
      const response = await get(path)
      expect(policyOf(response).split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        `img-src 'self' blob: data: ${bucket}`,
        `media-src 'self' blob: ${bucket}`,
        `connect-src 'self' ${bucket}`,
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types scout',
      ])
      expect(response.headers.get('Permissions-Policy')).toBe('camera=(self)')
      expect(response.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
      expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
      await response.body?.cancel()
    }
  })

  it.each([
    [{ S3_ENDPOINT: '', S3_REGION: 'us-east-1' }, ' https://s3.amazonaws.com/scout-test/'],
    [{ S3_ENDPOINT: '', S3_REGION: 'eu-west-1' }, ' https://s3.eu-west-1.amazonaws.com/scout-test/'],
    [{ S3_ENDPOINT: "https://a.test; script-src 'unsafe-inline'" }, ''],
    [{ S3_BUCKET: 'no bucket' }, ''],
    [{ AWS_ACCESS_KEY_ID: '' }, ''],
  ])('is there for the storage %o', async (settings, bucket) => {
    const request = new Request('https://scout.test/app/cameras')
    const response = await worker.fetch(request, { ...env, ...settings }, createExecutionContext())

    expect(response.status).toBe(200)
    expect(policyOf(response)).toContain(`; img-src 'self' blob: data:${bucket}; `)
    expect(policyOf(response)).toContain(`; connect-src 'self'${bucket}; `)
    expect(policyOf(response)).not.toContain('unsafe-inline')
    await response.body?.cancel()
  })
})

it('says the order of the layers first in every stylesheet, whichever a page has first', async () => {
  const styles = (await filesOfPage()).filter((file) => file.endsWith('.css'))
  expect(styles.length).toBeGreaterThan(0)
  for (const file of styles)
    expect(await (await get(file)).text()).toMatch(/^@layer tokens,base,kit,screens;/)
})
