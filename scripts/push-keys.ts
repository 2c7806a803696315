// npm run push:keys: generates a pair of keys for Web Push and prints them. `-- AuthKey_ABCDE12345.p8` prints Apple's key in
// the format of APNS_KEY. Nothing is stored.
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { newVapidKeys } from '../stack/push-keys.ts'
import { fail, reasonOf } from '../stack/words.ts'

const [file] = process.argv.slice(2)
if (file === undefined) printVapidKeys()
else await printApnsKey(file)

function printVapidKeys() {
  const { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY } = newVapidKeys()
  console.log(`VAPID_PUBLIC_KEY=${VAPID_PUBLIC_KEY}
VAPID_PRIVATE_KEY=${VAPID_PRIVATE_KEY}

Here: both lines go into .dev.vars, with VAPID_SUBJECT=mailto:you@example.com.
Deployed: the public key and the subject go into wrangler.toml, the private key by \`npx wrangler secret put VAPID_PRIVATE_KEY\`.
Keep them: browsers that subscribed for one key take no push of another.`)
}

async function printApnsKey(file: string) {
  const [, kid] = /^AuthKey_([A-Z\d]{10})\.p8$/.exec(basename(file)) ?? []
  if (!kid)
    fail(
      `${file} is not called AuthKey_<10 capital letters and digits>.p8, as Apple calls it: its name says which key it is.`,
    )
  const pem = await readFile(file, 'utf8').catch((error: Error) =>
    fail(`${file} can't be read: ${reasonOf(error)}.`),
  )
  const { kty, crv, x, y, d } = jwkOf(pem)
  if (crv !== 'P-256') fail(`${file} holds no key of Apple's push service.`)
  console.log(`APNS_KEY='${JSON.stringify({ kty, crv, alg: 'ES256', kid, x, y, d })}'

Here: the line goes into .dev.vars. Deployed: \`npx wrangler secret put APNS_KEY\` takes what is between the quotes.`)
}

function jwkOf(pem: string) {
  try {
    return createPrivateKey(pem).export({ format: 'jwk' })
  } catch {
    return {}
  }
}
