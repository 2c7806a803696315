import { sql } from 'drizzle-orm'
import { type AskingDevice, deviceWrites } from '../auth/device.ts'
import type { Db } from '../db/client.ts'
import { cameras, devices } from '../db/schema.ts'
import { given } from '../db/statement.ts'

/** What comes more often is not written. */
const PREVIEW_PERIOD = sql`interval '10 seconds'`

// Compared by the minutes of the clock: a camera that beats each 60 seconds, some of them 59.9, is written each time.
const isNewMinute = sql`(last_seen_at is null or date_trunc('minute', last_seen_at) < date_trunc('minute', now()))`

/** A step: the camera that asks is there, in at most one write a minute. */
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
 * Notes that a camera is there, in at most one write a minute, and with that the version that it runs, where it says so.
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

/** Notes that a camera's preview is a new one. */
export async function notePreview(db: Db, device: AskingDevice) {
  await previewing(db, device)
}
