// What every Worker with Hono needs: the minimum cost of a request, and each piece of cryptography by itself.
import { AwsV4Signer } from 'aws4fetch'
import { Hono } from 'hono'
import { verify } from 'hono/jwt'

type Env = { JWT_SECRET: string; AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string }

const UPLOAD =
  'http://127.0.0.1:4568/scout/uploads/0195d1a0-0000-7000-8000-000000000000/5f0c954a-1e4c-4f3b-9d0e-6b7a1c2d3e4f.jpeg?X-Amz-Expires=300'
const SALT = new Uint8Array(16)
/** As many headers, and a line as long, as in our answers. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'X-Request-Id': '5f0c954a-1e4c-4f3b-9d0e-6b7a1c2d3e4f',
  'Server-Timing': 'sql;dur=0;desc="0"',
}
const LINE = {
  event: 'request',
  requestId: HEADERS['X-Request-Id'],
  method: 'POST',
  route: '/v1/uploads/presign',
  status: 200,
  milliseconds: 1,
  statements: 0,
  sqlMilliseconds: 0,
  userId: '1',
}

let key: ReturnType<typeof crypto.subtle.importKey> | undefined
const signingKeys = new Map<string, ArrayBuffer>()

export default new Hono<{ Bindings: Env }>()
  .get('/hello', (c) => c.json({ status: 'ok' }))
  .post('/hello', async (c) => c.json(await c.req.json()))
  .post('/logged', async (c) => {
    console.log(JSON.stringify(LINE))
    return c.json(await c.req.json(), 200, HEADERS)
  })
  .post('/verify', async (c) => {
    key ??= crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(c.env.JWT_SECRET),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['verify'],
    )
    const token = c.req.header('Authorization')!.slice('Bearer '.length)
    await verify(token, await key, { alg: 'HS256', exp: false, nbf: false, iat: false })
    return c.json(await c.req.json())
  })
  .post('/sign', async (c) => {
    const type = 'image/jpeg'
    const signer = new AwsV4Signer({
      method: 'PUT',
      url: UPLOAD,
      headers: { 'content-type': type },
      service: 's3',
      region: 'us-east-1',
      accessKeyId: c.env.AWS_ACCESS_KEY_ID,
      secretAccessKey: c.env.AWS_SECRET_ACCESS_KEY,
      signQuery: true,
      allHeaders: true,
      cache: signingKeys,
    })
    await c.req.json()
    return c.json({ url: (await signer.sign()).url.href })
  })
  .post('/pbkdf2', async (c) => {
    const { password } = await c.req.json<{ password: string }>()
    let bytes = new TextEncoder().encode(password)
    for (let call = 0; call < 3; call++) {
      const material = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits'])
      const parameters = { name: 'PBKDF2', hash: 'SHA-512', salt: SALT, iterations: 70_000 }
      bytes = new Uint8Array(await crypto.subtle.deriveBits(parameters, material, 256))
    }
    return c.json({ length: bytes.length })
  })
