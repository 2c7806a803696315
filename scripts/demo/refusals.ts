import { randomBytes } from 'node:crypto'
import { type Client, createClient, createDevice, type DeviceClient, ScoutError } from '@scout/client'
import { AwsV4Signer } from 'aws4fetch'
import type { Settings } from '../../src/settings.ts'
import { type Report, Unexpected } from '../kit/report.ts'
import type { Home } from './home.ts'

type Step = Report['step']

/** A picture that is announced once more is no other event. @throws Broken */
export async function refuseAgain(
  { key, id }: { key: string; id: string },
  device: DeviceClient,
  step: Step,
) {
  await step('the same picture is announced once more: it is the same event', 'events.md', async () => {
    const { public_event_id } = await device.announceEvent({ key })
    if (public_event_id !== id) throw new Unexpected(id, public_event_id)
  })
}

/** Nothing of this rang the phone again. @throws Broken */
export async function hasNotRungAgain({ phone }: Home, step: Step) {
  if (!phone) return
  await step('and the phone has not rung again', 'notifications.md', async () => {
    const { received } = await phone.screen()
    if (received > 1) throw new Unexpected('one push', String(received))
  })
}

/** What other people and other cameras are refused. @throws Broken */
export async function refuseOthers(baseUrl: string, { scout, door }: Home, step: Step) {
  const stranger = createClient({ baseUrl })
  await stranger.register({ email: `demo-${crypto.randomUUID()}@example.com`, password: 'plain-sailing-77' })
  await step('somebody else asks for the camera: 404', 'security.md', () =>
    expectRefusal(404, stranger.getCamera(door)),
  )
  await stranger.deleteUser((await stranger.listUsers())[0]!.public_user_id)

  const lost = createDevice({ baseUrl })
  const { pairing_code } = await scout.createPairingCode({ location: 'Shed' })
  const nonce = randomBytes(32).toString('base64url')
  const { public_camera_id: shed } = await lost.pairDevice({ pairing_code, nonce, model: 'Demo' })
  await lost.sendHeartbeat()
  await scout.revokeDevice(shed)
  await step('a camera whose access was revoked sends a heartbeat: 401', 'cameras.md', () =>
    expectRefusal(401, lost.sendHeartbeat()),
  )
  await scout.deleteCamera(shed)
}

/** What storage refuses of a URL that the service signed, and of one that is over. @throws Broken */
export async function refuseUploads(
  scout: Client,
  photo: Uint8Array,
  storage: Settings['storage'],
  step: Step,
) {
  const { url, key } = await scout.presignUpload('image/jpeg')
  const refused = (what: string, status: number, code: string, act: () => Promise<Response>) =>
    step(`an upload ${what}: ${status} ${code}`, 'bucket.md', async () => {
      const answer = await act()
      const text = await answer.text()
      if (answer.status !== status || !text.includes(code))
        throw new Unexpected(`${status} ${code}`, `${answer.status} ${text}`)
    })
  const put = (presigned: string, type: string) =>
    fetch(presigned, { method: 'PUT', headers: { 'content-type': type }, body: Buffer.from(photo) })

  await refused('of another content type', 403, 'SignatureDoesNotMatch', () => put(url, 'image/png'))
  await refused('to another key', 403, 'SignatureDoesNotMatch', () =>
    put(url.replace(key, key.replace('.jpeg', '-2.jpeg')), 'image/jpeg'),
  )
  await refused('by an expired URL', 403, 'Request has expired', async () =>
    put(await signedAt(new Date(Date.now() - 600_000), url.replace(/\?.*/, ''), storage), 'image/jpeg'),
  )
}

async function expectRefusal(status: number, asked: Promise<unknown>) {
  const came = await asked.then(
    () => 'an answer of 2xx',
    (error: unknown) => {
      if (error instanceof ScoutError) return error.status
      throw error
    },
  )
  if (came !== status) throw new Unexpected(String(status), String(came))
}

/** As the service signs one, good for 5 minutes from then on. */
async function signedAt(at: Date, address: string, storage: Settings['storage']) {
  const signer = new AwsV4Signer({
    method: 'PUT',
    url: `${address}?X-Amz-Expires=300`,
    accessKeyId: storage.AWS_ACCESS_KEY_ID,
    secretAccessKey: storage.AWS_SECRET_ACCESS_KEY,
    service: 's3',
    region: storage.S3_REGION,
    signQuery: true,
    datetime: at.toISOString().replace(/[:-]|\.\d{3}/g, ''),
    headers: { 'content-type': 'image/jpeg' },
    allHeaders: true,
  })
  return String((await signer.sign()).url)
}
