import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addressOf, policyOf } from '../../../clients/phone/native-policy.ts'
import { headersOf } from '../../../src/phone/policy.ts'
import type { Environment } from '../../../src/settings.ts'
import { PHONE } from './project.ts'

it('has all of Capacitor in the native room, so that a browser loads none of it', () => {
  const sources = ['src', 'worker'].flatMap((folder) =>
    readdirSync(join(PHONE, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(folder, file)),
  )
  const importing = sources.filter((file) =>
    /(from |import ?\(?)'(@capacitor|@aparajita|[./]+native\/)/.test(readFileSync(join(PHONE, file), 'utf8')),
  )
  expect(importing.length).toBeGreaterThan(0)
  expect(importing.filter((file) => !file.startsWith('src/native/'))).toEqual([])
})

describe('the policy of the page', () => {
  const SERVICE = 'https://scout.example.com/'
  const BUCKET = 'https://pictures.example.com/scout/'
  const directives = (policy: string) =>
    Object.fromEntries(
      policy.split('; ').map((one) => [one.split(' ')[0]!, one.split(' ').slice(1).filter(Boolean)]),
    )
  const env = {
    S3_BUCKET: 'scout',
    S3_REGION: 'us-east-1',
    S3_ENDPOINT: 'https://pictures.example.com',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  } as Environment

  it('is that of the web app, with the service elsewhere', () => {
    const web = directives(new Map(headersOf(env)).get('Content-Security-Policy')!)
    const native = directives(policyOf(SERVICE, BUCKET))
    // `frame-ancestors` has no effect in a page; the iPhone app has no manifest and no worker.
    const { 'frame-ancestors': _frames, 'manifest-src': _manifest, 'worker-src': _worker, ...shared } = web
    expect(native).toEqual({
      ...shared,
      'connect-src': ["'self'", 'blob:', SERVICE, BUCKET],
      'trusted-types': ["'none'"],
    })
  })

  it('lets pictures come from any bucket where none is named', () => {
    const { 'img-src': pictures, 'connect-src': calls } = directives(policyOf(SERVICE))
    expect([pictures, calls]).toEqual([
      ["'self'", 'blob:', 'data:', 'https:'],
      ["'self'", 'blob:', SERVICE, 'https:'],
    ])
  })
})

describe('the address of the service', () => {
  it.each([
    ['https://scout.example.com', 'https://scout.example.com/'],
    ['http://localhost:8787', 'http://localhost:8787/'],
    ['http://127.0.0.1:8787/', 'http://127.0.0.1:8787/'],
  ])('may be %s', (given, address) => {
    expect(addressOf('VITE_API', given)).toBe(address)
  })

  it.each([
    undefined,
    '',
    'scout.example.com',
    'http://scout.example.com',
    'https://a.example/?b',
    'ftp://localhost',
  ])('may not be %s, and it is said what it may be', (given) => {
    expect(() => addressOf('VITE_API', given)).toThrow('Write VITE_API=https://scout.example.com')
  })
})
