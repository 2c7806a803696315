// npm run demo [-- http://localhost:8787]: the product's main job, step by step, against the stack that runs in this folder.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createClient } from '@scout/client'
import { AwsV4Signer } from 'aws4fetch'
import { readDevVars, ROOT } from '../stack/dev-vars.ts'
import { localPush } from '../stack/push-keys.ts'
import { helloOf } from '../stack/neon-endpoint.ts'
import { fail } from '../stack/words.ts'

const settings = await readDevVars().catch((error: Error) => fail(error.message))
if (!settings) fail('There is no .dev.vars: `npm run dev` writes it and starts what this talks to.')
const {
  AWS_ACCESS_KEY_ID = '',
  AWS_SECRET_ACCESS_KEY = '',
  S3_REGION: region = 'us-east-1',
  SQL_ENDPOINT: sqlEndpoint = '',
} = settings
const baseUrl = process.argv[2] ?? (await runningStack(sqlEndpoint))
await fetch(`${baseUrl}/healthz`).catch(() =>
  fail(`Nothing answers at ${baseUrl}: start it with \`npm run dev\`.`),
)

const photo = await readFile(join(import.meta.dirname, 'photos/cat.jpg'))
const email = `demo-${crypto.randomUUID()}@example.com`
const password = 'securepassword123'

const client = createClient({ baseUrl })

await step('registers a person', () => client.register({ email, password }))
await step('signs in', () => client.signIn({ email, password }))
const { public_camera_id: camera } = await step('adds a camera', () =>
  client.createCamera({ location: 'Front door' }),
)
await step('adds a rule to it', () =>
  client.createRule(camera, { rule: 'Tell me when a cat comes', rule_nickname: 'Cat' }),
)
const phone = settings.VAPID_PUBLIC_KEY ? null : await step('has a phone told', () => aPhone())
const { url, key } = await step('asks where to upload a photograph', () => client.presignUpload('image/jpeg'))
const address = url.replace(/\?.*/, '')
await step(`uploads it, ${photo.length} bytes`, () => put(url, 'image/jpeg', 200))
await step('reads it back from the bucket, byte for byte', async () => {
  const response = await expectStatus(await fetch(await sign('GET')), 200)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (!bytes.equals(photo))
    throw new Error(`expected the same ${photo.length} bytes, got ${bytes.length} others`)
})
await step('is refused another content type', () => put(url, 'image/png', 403, 'SignatureDoesNotMatch'))
await step('is refused another key', () =>
  put(url.replace(key, key.replace('.jpeg', '-2.jpeg')), 'image/jpeg', 403, 'SignatureDoesNotMatch'),
)
await step('is refused with an expired URL', async () =>
  put(await sign('PUT', new Date(Date.now() - 600_000)), 'image/jpeg', 403, 'Request has expired'),
)
if (phone && !settings.JUDGE_URL)
  await step('is told of the cat on the phone', () => untilShown(phone, 'Cat'))

type Phone = { id: string; endpoint: string; keys: { p256dh: string; auth: string } }

/** A phone of the local push service. */
async function aPhone() {
  const { port } = await localPush(join(ROOT, '.local/push.json'))
  const phones = `http://127.0.0.1:${port}/phones`
  const { key } = await client.getPushKey()
  const made = await fetch(phones, { method: 'POST', body: JSON.stringify({ key }) })
  const { id, endpoint, keys } = (await made.json()) as Phone
  await client.registerPushTarget({ kind: 'web_push', endpoint, keys, name: 'Demo' })
  return `${phones}/${id}`
}

async function untilShown(phone: string, words: string) {
  for (let tries = 0; tries < 240; tries++) {
    const { shown } = (await (await fetch(phone)).json()) as { shown: { body: string }[] }
    if (shown.some(({ body }) => body.includes(words))) return
    await setTimeout(250)
  }
  throw new Error('expected a notification within a minute, got none')
}

/** Where the Worker of this folder answers, as its launcher tells it. */
async function runningStack(sqlEndpoint: string) {
  const hello = URL.canParse(sqlEndpoint) ? await helloOf(sqlEndpoint) : undefined
  if (hello?.owner !== ROOT) return fail('Nothing runs in this folder: start it with `npm run dev`.')
  return hello.url ?? fail('`npm run dev` is still starting: wait until it says `API`.')
}

/** Prints what was done and how long it took; ends the process where it did not come out as expected. */
async function step<T>(name: string, act: () => Promise<T>) {
  const from = performance.now()
  const print = (mark: string) =>
    console.log(`${mark} ${(performance.now() - from).toFixed(0).padStart(5)} ms  ${name}`)
  try {
    const result = await act()
    print('ok    ')
    return result
  } catch (error) {
    print('FAILED')
    return fail((error as Error).message)
  }
}

async function put(presigned: string, contentType: string, status: number, words = '') {
  const response = await fetch(presigned, {
    method: 'PUT',
    headers: { 'content-type': contentType },
    body: photo,
  })
  const text = await (await expectStatus(response, status)).text()
  if (!text.includes(words)) throw new Error(`expected a refusal with "${words}", got ${text}`)
}

async function expectStatus(response: Response, status: number) {
  if (response.status === status) return response
  throw new Error(
    `expected ${status} from ${response.url.split('?')[0]}, got ${response.status}: ${await response.text()}`,
  )
}

/** The photograph's URL, signed with the Worker's keys, good for 5 minutes from `at`. */
async function sign(method: string, at = new Date()) {
  const signer = new AwsV4Signer({
    method,
    url: `${address}?X-Amz-Expires=300`,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    service: 's3',
    region,
    signQuery: true,
    datetime: at.toISOString().replace(/[:-]|\.\d{3}/g, ''),
    ...(method === 'PUT' && { headers: { 'content-type': 'image/jpeg' }, allHeaders: true }),
  })
  return String((await signer.sign()).url)
}
