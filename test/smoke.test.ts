import { env, exports } from 'cloudflare:workers'
import { neon, neonConfig } from '@neondatabase/serverless'
import { AwsClient } from 'aws4fetch'
import { expect, inject, test } from 'vitest'

test('answers /healthz', async () => {
  const response = await exports.default.fetch('http://scout.test/healthz')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'ok' })
})

test('asks PostgreSQL 18 over HTTP, and counts the statement', async () => {
  const request = crypto.randomUUID()
  neonConfig.fetchEndpoint = () => env.SQL_ENDPOINT
  const sql = neon(env.DATABASE_URL)
  neonConfig.fetchFunction = (url: string, init: RequestInit) =>
    fetch(url, { ...init, headers: { ...init.headers, 'X-Request-Id': request } })
  const rows = await sql`select version()`
  expect(rows[0]?.version).toMatch(/^PostgreSQL 18/)
  const statements = await fetch(`${inject('controlUrl')}/statements?request=${request}`)
  expect(await statements.json()).toEqual([{ sql: 'select version()' }])
})

test('writes to the bucket and reads it back', async () => {
  const aws = new AwsClient({
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    service: 's3',
    region: env.S3_REGION,
  })
  const url = `${env.S3_ENDPOINT}/${env.S3_BUCKET}/smoke.txt`
  expect((await aws.fetch(url, { method: 'PUT', body: 'hello' })).status).toBe(200)
  expect(await (await aws.fetch(url)).text()).toBe('hello')
  expect((await fetch(url)).status).toBe(403)
})

test('reads an asset', async () => {
  expect((await env.ASSETS.fetch('http://assets/common-passwords.txt')).status).toBe(200)
})
