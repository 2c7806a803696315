import { Webhook } from 'standardwebhooks'
import { expect, it } from 'vitest'
import type { Push } from '../../src/push/push.ts'
import { aPush, aTarget } from '../contracts/sender.ts'
import { ntfyRig, webhookRig } from '../support/rigs.ts'

const textOf = (body: string) => new TextDecoder().decode(Uint8Array.fromBase64(body))

it('posts what a notification tells, signed as Standard Webhooks says', async () => {
  const { send, received, target } = await aTarget(webhookRig, [{ status: 204 }])
  const push = aPush({ body: 'Füchse "zwei"\n🦊🦊' })

  expect(await send(push)).toEqual({ outcome: 'sent', reason: 'accepted', status: 204, laterInSeconds: null })

  const { method, headers, body } = (await received())[0]!
  expect([method, headers['content-type']]).toEqual(['POST', 'application/json'])
  const verified = new Webhook(target.keys.secret!).verify(textOf(body), headers)
  expect(verified).toEqual({
    type: 'notification',
    timestamp: push.createdAt,
    data: {
      public_notification_id: push.publicNotificationId,
      public_camera_id: push.publicCameraId,
      public_event_id: push.publicEventId,
      kind: 'match',
      title: 'Front Door',
      body: 'Füchse "zwei"\n🦊🦊',
      rule_nicknames: ['Fox'],
      count: 1,
      importance: 'normal',
      created_at: push.createdAt,
      picture_url: push.pictureUrl,
      app_url: push.appUrl,
    },
  })
  // No other signature is accepted.
  const other = await aTarget(webhookRig, [])
  expect(() => new Webhook(other.target.keys.secret!).verify(textOf(body), headers)).toThrow()
  expect(() => new Webhook(target.keys.secret!).verify(textOf(body).replace('Fox', 'Cat'), headers)).toThrow()
})

it('has the id of a message that was sent before, and another for one that grew', async () => {
  const { send, received } = await aTarget(webhookRig, [{ status: 500 }, { status: 200 }])
  const push = aPush()
  await send(push)
  await send(push)
  await send({ ...push, count: 2 })
  await send({ ...push, kind: 'unjudged' })

  const ids = (await received()).map(({ headers }) => headers['webhook-id']!)
  expect(ids[1]).toBe(ids[0])
  expect(new Set(ids).size).toBe(3)
  for (const id of ids) expect(id.startsWith(`${push.publicNotificationId}-`)).toBe(true)
})

it('posts to a topic of ntfy, which shows it with its picture in the place of the one before', async () => {
  const { send, received } = await aTarget(ntfyRig, [{ status: 200 }])
  const push = aPush()
  await send(push)
  await send(aPush({ importance: 'passive', pictureUrl: null }))
  await send(aPush({ importance: 'time_sensitive' }))

  const [first, second, third] = (await received()).map(({ path, body }) => ({
    path,
    ...JSON.parse(textOf(body)),
  }))
  expect(first).toEqual({
    path: '/',
    topic: expect.any(String),
    title: 'Front Door',
    message: 'Fox: a fox at the left. 🦊',
    priority: 4,
    tags: ['camera'],
    click: push.appUrl,
    attach: push.pictureUrl,
    filename: 'picture.jpg',
    sequence_id: push.publicNotificationId,
  })
  expect([second.priority, second.attach, third.priority]).toEqual([2, undefined, 5])
})

it('shows whoever may publish at ntfy, where the address says so', async () => {
  const { send, received, target } = await aTarget(ntfyRig, [{ status: 200 }])
  target.address += '?auth=hush'
  await send()
  expect((await received()).map(({ path }) => path)).toEqual(['/?auth=hush'])
})

it('keeps a message of ntfy within what is no file, in whole characters', async () => {
  const { send, received } = await aTarget(ntfyRig, [{ status: 200 }])
  await send(aPush({ body: '👩‍👩‍👧‍👦'.repeat(2_000) }))
  const { body } = (await received())[0]!
  expect(Uint8Array.fromBase64(body).length).toBeLessThanOrEqual(4_096)
  expect(JSON.parse(textOf(body)).message).toMatch(/^(👩‍👩‍👧‍👦)+…$/u)
})

it.each([webhookRig, ntfyRig])('tells other people’s services no token: $kind', async (rig) => {
  const { send, received } = await aTarget(rig, [{ status: 200 }])
  const push: Push = aPush()
  await send(push)
  expect(
    JSON.stringify((await received()).map(({ headers, body }) => [headers, textOf(body)])),
  ).not.toContain(push.actionToken)
})
