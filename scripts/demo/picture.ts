import type { Client, Event } from '@scout/client'
import { type Report, Unexpected } from '../kit/report.ts'
import { until } from '../kit/until.ts'
import type { DemoCamera } from './camera.ts'
import { type Home, RULES, zoneOfNoon } from './home.ts'
import type { Phone } from './phone.ts'
import type { Stack } from './stack.ts'

const PATIENCE_IN_MS = 60_000
/** Often, as each hop says how long it took. */
const AGAIN_IN_MS = 20

/** Follows a picture from the motion to storage, and answers where it is there. @throws Broken */
export async function followToStorage(camera: DemoCamera, { step }: Report) {
  camera.start()
  await step('the camera sees that something moves', 'cameras.md', () => camera.hops.moved.promise)
  await step(
    'the camera finds out what it is',
    'cameras.md',
    () => camera.hops.found.promise,
    ({ label, score }) => `${label} ${score.toFixed(2)}`,
  )
  const { key } = await step(
    'the camera asks where to upload a picture',
    'cameras.md',
    () => camera.hops.presigned.promise,
  )
  const { bytes } = await step(
    'the camera uploads it to storage',
    'bucket.md',
    () => camera.hops.uploaded.promise,
    ({ bytes }) => `${bytes.length} bytes`,
  )
  const { public_event_id: id } = await step(
    'the service receives the event',
    'events.md',
    () => camera.hops.announced.promise,
  )
  return { key, bytes, id }
}

/** Follows an event from the judge to the phone. Answers what the judge found; null where nobody judges. @throws Broken */
export async function followToPhone(
  { scout, phone }: Home,
  picture: { bytes: Uint8Array; id: string },
  { isOurJudge }: Stack,
  { step, skip }: Report,
) {
  const { judge } = await scout.getNotificationSettings()
  if (!judge) return (skip('a verdict and a push', 'no judge runs here: `npm run dev` says why'), null)
  const event = await step(
    'the judge decides on “Visitor”',
    'judging.md',
    async () => {
      const event = await untilDone(scout, picture.id)
      const { verdict, evidence = '' } = verdictOf(event, 'Visitor')
      if (verdict !== 'yes' && isOurJudge) throw new Unexpected('yes', `${verdict}, ${evidence}`)
      return event
    },
    (event) => {
      const { verdict, evidence } = verdictOf(event, 'Visitor')
      return `${verdict}, because: ${evidence}`
    },
  )
  if (verdictOf(event, 'Visitor').verdict !== 'yes') skip('a push', 'the judge does not say yes')
  else if (phone) await ring(phone, picture, step)
  return event
}

/** Why nobody was told by the other rule. @throws Broken */
export async function explain(event: Event, { step }: Report) {
  await step(
    `“${RULES['Night motion']}”`,
    'events.md#why-was-i-notified-or-not',
    async () => {
      const { skipped, verdict } = verdictOf(event, 'Night motion')
      if (skipped !== 'hours') throw new Unexpected('not asked, for its hours', `${skipped ?? verdict}`)
    },
    () => `not asked, as it is ${timeIn(zoneOfNoon())} at the door`,
  )
}

async function ring(phone: Phone, { id, bytes }: { id: string; bytes: Uint8Array }, step: Report['step']) {
  const push = await step(
    'the phone receives the push and decrypts it',
    'push.md#web-push',
    () =>
      until(
        PATIENCE_IN_MS,
        'a push of this event',
        async () => {
          const { shown } = await phone.screen()
          return [shown.find(({ data }) => data.public_event_id === id), `${shown.length} others`]
        },
        undefined,
        AGAIN_IN_MS,
      ),
    ({ title, body }) => `“${title}: ${body}”`,
  )
  await step('the phone downloads its picture, byte for byte', 'push.md#web-push', async () => {
    const answer = await fetch(push.image ?? '')
    if (!Buffer.from(await answer.arrayBuffer()).equals(bytes))
      throw new Unexpected(`the ${bytes.length} bytes that were uploaded`, `${answer.status} and others`)
  })
}

const untilDone = (scout: Client, id: string) =>
  until(
    PATIENCE_IN_MS,
    'done',
    async () => {
      const event = await scout.getEvent(id)
      return [event.state === 'done' && event, event.failure ?? event.state]
    },
    undefined,
    AGAIN_IN_MS,
  )

const verdictOf = ({ verdicts }: Event, nickname: keyof typeof RULES): Partial<Event['verdicts'][number]> =>
  verdicts.find(({ rule_nickname }) => rule_nickname === nickname) ?? {}

const timeIn = (timeZone: string) => new Date().toLocaleTimeString('en-GB', { timeZone, timeStyle: 'short' })
