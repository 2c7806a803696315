import { sql } from 'drizzle-orm'
import { type AskingDevice, deviceWrites } from '../auth/device.ts'
import type { Db } from '../db/client.ts'
import { cameras, devices } from '../db/schema.ts'
import { given } from '../db/statement.ts'

/** The minimum time between two writes. */
const PREVIEW_PERIOD = sql`interval '10 seconds'`

// Compares minutes of the clock: a camera that beats every 60 seconds, sometimes every 59.9, is written each time.
const isNewMinute = sql`(last_seen_at is null or date_trunc('minute', last_seen_at) < date_trunc('minute', now()))`

/** A step that stores the presence of the camera, at most once a minute. */
export const seen = sql`
  update ${cameras} set last_seen_at = now() where id = (select id from camera) and ${isNewMinute} returning id`

const beating = deviceWrites(() => ({
  steps: {
    seen: sql`
      update ${cameras} set last_seen_at = now(), beats = true
      where id = (select id from camera) and (${isNewMinute} or not beats) returning id`,
    versioned: sql`
      update ${devices} set version = ${given('version')}
      where id = (select id from device) and version is distinct from coalesce(${given('version')}, version)
        and (version is null or exists (select from seen))
      returning id`,
  },
  answers: {},
}))

/**
 * Stores the presence of a camera, at most once a minute, and the version that it reports.
 * @throws deviceRefused, as does every verb here
 */
export async function beat(db: Db, device: AskingDevice, version: string | null = null) {
  await beating(db, device, { version })
}

const previewing = deviceWrites(() => ({
  steps: {
    shown: sql`
      update ${cameras} set preview_updated_at = now()
      where id = (select id from camera)
        and (preview_updated_at is null or preview_updated_at <= now() - ${PREVIEW_PERIOD})
      returning id`,
  },
  answers: {},
}))

/** Stores the time of a new preview. */
export async function notePreview(db: Db, device: AskingDevice) {
  await previewing(db, device)
}
