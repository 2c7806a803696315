import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Client as Scout } from '@scout/client'
import { presignUpload, previewKey } from '../../src/storage/presign.ts'
import type { Settings } from '../../src/settings.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')
const ROOT = join(import.meta.dirname, '../..')
const PHOTOS = {
  bricks: 'test/photos/bricks.jpg',
  cars: 'test/photos/cars.jpg',
  cat: 'scripts/photos/cat.jpg',
  cup: 'scripts/photos/cup.jpg',
  dog: 'test/photos/dog.jpg',
  person: 'scripts/photos/person.jpg',
  photographer: 'test/photos/photographer.jpg',
  raccoon: 'test/photos/raccoon.jpg',
}
type Photo = keyof typeof PHOTOS

export type Parts = { databaseUrl: string; storage: Settings['storage'] }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What cameras of a household were asked to tell: nickname and words. */
const CAMERAS = {
  'Front door': [
    ['Visitor', 'Tell me when a person comes to the door'],
    ['Night motion', 'Alert when motion detected after 10pm'],
    ['Parcel', 'a parcel left on the mat'],
  ],
  Garden: [
    ['Dog out', 'a dog on the lawn'],
    ['Raccoon', 'a raccoon or another wild animal at the bins'],
  ],
  Kitchen: [['Cat on the counter', 'a cat on the counter']],
  Garage: [['Car in the yard', 'a car in the yard on weekdays between 8 and 17']],
} as const

/** How long ago, where, what was there, what rule said yes, and what was seen; without a rule nobody was told. */
const PICTURES: [age: number, camera: keyof typeof CAMERAS, photo: Photo, rule: string, evidence: string][] =
  [
    [
      14 * MINUTE,
      'Front door',
      'person',
      'Visitor',
      'A woman in an orange suit stands at the door and smiles.',
    ],
    [52 * MINUTE, 'Kitchen', 'cat', 'Cat on the counter', 'A cat sits on the counter, beside the sink.'],
    [3 * HOUR, 'Garden', 'dog', 'Dog out', 'A German shepherd stands on the lawn.'],
    [5 * HOUR, 'Kitchen', 'cup', '', ''],
    [9 * HOUR, 'Garden', 'raccoon', 'Raccoon', 'A raccoon looks out of the leaves at the bins.'],
    [
      DAY + HOUR,
      'Front door',
      'photographer',
      'Visitor',
      'A person with a tripod stands in front of the house.',
    ],
    [DAY + 4 * HOUR, 'Front door', 'bricks', '', ''],
    [DAY + 6 * HOUR, 'Kitchen', 'cat', 'Cat on the counter', 'A cat lies on the counter and sleeps.'],
    [2 * DAY, 'Garage', 'cars', 'Car in the yard', 'Three cars are parked below the tree.'],
    [
      3 * DAY + 2 * HOUR,
      'Front door',
      'person',
      'Visitor',
      'A woman with a helmet under her arm waits at the door.',
    ],
    [4 * DAY, 'Garden', 'dog', 'Dog out', 'A dog runs over the lawn.'],
    [5 * DAY + HOUR, 'Garden', 'raccoon', 'Raccoon', 'Two eyes shine in the leaves.'],
  ]

/**
 * A household that has used Scout for a week: four cameras, their rules, and what they saw; `there` are ids of cameras and rules that it
 * has already. `now` in milliseconds. The rows are written as the event processor leaves them, since it takes no picture of last week.
 */
export async function aHousehold(
  scout: Scout,
  { databaseUrl, storage }: Parts,
  there: { cameras?: Record<string, string>; rules?: Record<string, string> } = {},
  now = Date.now(),
) {
  const [user] = await scout.listUsers()
  const owner = user!.public_user_id
  const database = new Client({ connectionString: databaseUrl })
  await database.connect()
  const idAt = idsAt()
  const iso = (at: number) => new Date(at).toISOString()

  const cameras = { ...there.cameras }
  const rules = { ...there.rules }
  for (const [location, asked] of Object.entries(CAMERAS)) {
    const camera = (cameras[location] ??= (
      await scout.createCamera({ location, time_zone: 'Europe/Berlin' })
    ).public_camera_id)
    for (const [rule_nickname, rule] of asked)
      rules[rule_nickname] ??= (await scout.createRule(camera, { rule, rule_nickname })).public_rule_id
  }
  await scout.updateCamera(cameras.Garden!, { snoozed_until: iso(now + HOUR) })
  const previews: [string, Photo, number][] = [
    ['Front door', 'person', 2 * MINUTE],
    ['Garden', 'dog', 6 * MINUTE],
    ['Kitchen', 'cup', 9 * MINUTE],
    ['Garage', 'cars', 2 * DAY],
  ]
  for (const [location, photo] of previews) await put(previewKey(cameras[location]!), photo)

  const events: string[] = []
  const notifications: string[] = []
  for (const [age, location, photo, matched, evidence] of PICTURES) {
    const [at, camera] = [now - age, cameras[location]!]
    const key = `uploads/${owner}/${camera}/${crypto.randomUUID()}.jpeg`
    const event = idAt(at)
    await database.query(
      `insert into events (public_event_id, bucket, object_key, owner, camera, captured_at, received_at, state, attempts, caption, judge, judged_at, judge_in_ms)
       values ($1, $2, $3, $4, $5, $6, $6, 'done', 1, $7, 'judge.example.com sees', $6, 840)`,
      [event, storage.S3_BUCKET, key, owner, camera, iso(at), evidence || 'Nobody is to be seen.'],
    )
    for (const [nickname, words] of CAMERAS[location]) {
      const isNight = nickname === 'Night motion'
      const verdict = nickname === matched ? 'yes' : 'no'
      await database.query(
        `insert into verdicts (event, rule, rule_text, rule_nickname, verdict, skipped, evidence) values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          event,
          rules[nickname],
          words,
          nickname,
          isNight ? null : verdict,
          isNight ? 'hours' : null,
          nickname === matched ? evidence : `No ${nickname.toLowerCase()} is to be seen.`,
        ],
      )
    }
    // After its row: what the bucket says of it is known then.
    await put(key, photo)
    events.push(event)
    if (matched) notifications.push(await tell('match', location, at, event, key, matched, evidence))
  }
  const offline = await tell(
    'offline',
    'Garage',
    now - 2 * DAY + 5 * MINUTE,
    null,
    null,
    '',
    'This camera has fallen silent.',
  )
  // What is older than a day was looked at.
  await database.query(`update notifications set seen_at = now() where owner = $1 and created_at < $2`, [
    owner,
    iso(now - DAY),
  ])
  await database.query(
    `update rules_rule set last_triggered = (select max(captured_at) from events join verdicts on event = public_event_id where rule = public_rule_id and verdict = 'yes') where public_rule_id = any($1)`,
    [Object.values(rules)],
  )
  // Last, as the bucket's own word of a preview is of now.
  for (const [location, , age] of previews) {
    const seen = location === 'Garage' ? age : MINUTE
    await database.query(
      `update camera_camera set preview_updated_at = $2, last_seen_at = $3, beats = true, told_offline_at = $4 where public_camera_id = $1`,
      // Nobody is told that they fall silent, as they do from now on.
      [
        cameras[location],
        iso(now - age),
        iso(now - seen),
        location in (there.cameras ?? {}) ? null : iso(now),
      ],
    )
  }
  // What hangs where three of them are; the garage's was built by hand.
  await database.query(
    `insert into devices (public_device_id, public_camera_id, camera_id, device_id, model, version, created_at, registered_at, device_token_used_at, claimed_at)
     select uuidv7(), public_camera_id, id, case when location <> 'Garage' then upper(right(replace(public_camera_id::text, '-', ''), 16)) end,
       case when location <> 'Garage' then 'Scout Cam 2' else 'Raspberry Pi Zero 2 W' end, '1.0.0', $2, $2, $2, $2
     from camera_camera where public_camera_id = any($1) and not exists (select from devices where camera_id = camera_camera.id)`,
    [Object.values(cameras), iso(now - 8 * DAY)],
  )
  await database.end()
  return { owner, cameras, rules, events, notifications, offline }

  async function put(key: string, photo: Photo) {
    const url = await presignUpload(key, 'image/jpeg', storage)
    const answer = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'image/jpeg' },
      body: await readFile(join(ROOT, PHOTOS[photo])),
    })
    if (!answer.ok) throw new Error(`The storage answered ${answer.status}: ${await answer.text()}`)
  }

  async function tell(
    kind: string,
    location: string,
    at: number,
    event: string | null,
    key: string | null,
    nickname: string,
    words: string,
  ) {
    const id = idAt(at)
    await database.query(
      `insert into notifications (public_notification_id, owner, camera, event, kind, rule_ids, rule_nicknames, title, body, event_ids, captured_at, image_key, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11)`,
      [
        id,
        owner,
        cameras[location],
        event,
        kind,
        nickname ? [rules[nickname]] : [],
        nickname ? [nickname] : [],
        location,
        nickname ? `${nickname}: ${words}` : words,
        event ? [event] : [],
        iso(at),
        key,
      ],
    )
    return id
  }
}

/** Ids of a moment, as Postgres makes them (RFC 9562, version 7): lists are in their order. */
function idsAt() {
  let count = 0
  return (at: number) => {
    const time = at.toString(16).padStart(12, '0')
    const counted = (++count).toString(16).padStart(3, '0')
    const random = crypto.randomUUID().slice(19)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counted}-${random}`
  }
}
