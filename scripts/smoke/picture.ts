import type { Event } from '@scout/client'
import { type Report, Unexpected } from '../kit/report.ts'
import { soon, until } from '../kit/until.ts'
import type { Visitor } from './visitor.ts'

/** What is asked of a picture of a cat: one rule that holds, one whose hours are others, and whether there is a judge. */
type Asked = { camera: string; rules: { cat: string; later: string }; judge: string | null }
type Waiting = { isAnnounced: boolean; patienceInMs: number; signal: AbortSignal }

/** A picture's way from the camera to a notification, which is what this gives; null where nobody judges. */
export async function followPicture(
  visitor: Visitor,
  photo: Buffer,
  { camera, rules, judge }: Asked,
  { isAnnounced, patienceInMs, signal }: Waiting,
  { step, skip }: Pick<Report, 'step' | 'skip'>,
) {
  const { scout, camera: device } = visitor
  const start = Date.now()
  const { key } = await step(`it uploads a picture, ${photo.length} bytes`, 'bucket.md', () =>
    device.uploadMedia('DETECTION', photo),
  )
  if (isAnnounced) await step('it announces the picture', 'events.md', () => device.announceEvent({ key }))
  const { public_event_id } = await step(
    isAnnounced ? 'the picture is an event' : 'the bucket notifies of the picture',
    'bucket.md#the-bucket-notifies',
    () =>
      until(patienceInMs, 'an event', async () => [(await scout.listEvents({ camera }))[0], 'none'], signal),
  )
  await step('the picture is shown, byte for byte', 'bucket.md', () => fetchPicture())
  if (!judge) {
    skip('a verdict, its reason and its push', 'there is no judge: set JUDGE_URL')
    return null
  }
  const event = await step('the picture is judged', 'operations.md#the-judge', () => untilDone(), byWhom)
  await step(
    'the judge finds the cat',
    'judging.md#measuring-one',
    async () => {
      const { verdict, evidence = '' } = verdictOf(event, rules.cat)
      if (verdict !== 'yes') throw new Unexpected('yes', `${verdict}: ${evidence}`)
      return evidence
    },
    (evidence) => evidence,
  )
  await step('the other rule says why not', 'events.md#why-was-i-notified-or-not', async () => {
    const { skipped, verdict } = verdictOf(event, rules.later)
    if (skipped !== 'hours') throw new Unexpected('skipped for its hours', `${skipped ?? verdict}`)
  })
  return step(
    'a notification tells of it',
    'notifications.md',
    () =>
      until(
        patienceInMs,
        'a notification',
        async () => [(await scout.listNotifications({ camera, kind: 'match' }))[0], 'none'],
        signal,
      ),
    () => `${Date.now() - start} ms after the upload began`,
  )

  async function fetchPicture() {
    const { image_url } = await scout.getEvent(public_event_id)
    if (!image_url) throw new Unexpected('an image_url', 'null')
    visitor.pictures.push(image_url)
    const answer = await fetch(image_url, { signal: soon(signal) })
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (!bytes.equals(photo))
      throw new Unexpected(`200 and ${photo.length} bytes`, `${answer.status} and ${bytes.length} bytes`)
  }

  async function untilDone() {
    return until(
      patienceInMs,
      'done',
      async () => {
        const event = await scout.getEvent(public_event_id)
        const came = [event.state, event.failure].filter(Boolean).join(', ')
        if (event.state === 'failed' || event.state === 'discarded') throw new Unexpected('done', came)
        return [event.state === 'done' && event, came]
      },
      signal,
    )
  }
}

const byWhom = ({ judge, judge_in_ms }: Event) => `by ${judge} in ${judge_in_ms} ms`
const verdictOf = ({ verdicts }: Event, rule: string): Partial<Event['verdicts'][number]> =>
  verdicts.find(({ public_rule_id }) => public_rule_id === rule) ?? {}
