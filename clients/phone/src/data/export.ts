import type { Event } from '@scout/client'
import { loadAccount } from './account.ts'
import { scout } from './session.ts'
import { assertFits, zipOf } from './zip.ts'

/** The progress: "312 events", or "4 of 312 pictures". */
export type Gathering = { what: string; done: number; of?: number }
export type Exported = {
  name: string
  file: Blob
  /** The number of items of each kind. */
  counts: [number, string][]
  /** How many pictures could not be fetched. */
  missing: number
}
type Options = { withPictures: boolean; signal: AbortSignal; onProgress: (gathering: Gathering) => void }

/** Larger pages come without picture URLs. */
const PAGE_WITH_PICTURES = 50
const JSON_NAME = 'scout.json'
/** The time limit for one picture. */
const PATIENCE_IN_MS = 20_000

/**
 * Exports all of the user's data from the API as a file: JSON, or a ZIP of the JSON and the pictures. Null if the signal aborts.
 * @throws PhoneError, ScoutError, UnreachableError
 */
export async function assemble({ withPictures, signal, onProgress }: Options): Promise<Exported | null> {
  /** Collects a list and reports the progress. */
  async function gather<T>(what: string, list: AsyncIterable<T>) {
    const all: T[] = []
    for await (const item of list) {
      if (signal.aborted) break
      all.push(item)
      if (all.length % 10 === 0) onProgress({ what, done: all.length })
    }
    return all
  }

  const account = await loadAccount()
  const sessions = await gather('sessions', scout.eachSession())
  const push_targets = await gather('places', scout.eachPushTarget())
  const cameras = []
  for (const camera of await gather('cameras', scout.eachCamera())) {
    const rules = await gather('rules', scout.eachRule(camera.public_camera_id))
    cameras.push({ ...camera, rules })
  }
  const notifications = await gather(
    'notifications',
    scout.eachNotification({ pageSize: PAGE_WITH_PICTURES }),
  )
  const events = await gather('events', scout.eachEvent({ pageSize: PAGE_WITH_PICTURES }))
  const notification_settings = await scout.getNotificationSettings()
  if (signal.aborted) return null

  const at = new Date().toISOString()
  const name = `scout-${at.slice(0, 10)}`
  const everything = {
    exported_at: at,
    account,
    notification_settings,
    sessions,
    push_targets,
    cameras,
    notifications,
    events,
  }
  const json = new Blob([JSON.stringify(everything, null, 2)], { type: 'application/json' })
  const counts: Exported['counts'] = [
    [cameras.length, 'cameras'],
    [notifications.length, 'notifications'],
    [events.length, 'events'],
  ]
  if (!withPictures) return { name: `${name}.json`, file: json, counts, missing: 0 }

  const { pictures, missing } = await fetchPictures(events, { signal, onProgress })
  if (signal.aborted) return null
  const file = await zipOf([{ name: JSON_NAME, content: json }, ...pictures])
  return { name: `${name}.zip`, file, counts: [...counts, [pictures.length, 'pictures']], missing }
}

async function fetchPictures(events: Event[], { signal, onProgress }: Omit<Options, 'withPictures'>) {
  const pictures: { name: string; content: Blob }[] = []
  const wanted = events.filter(({ image_url }) => image_url !== null)
  let missing = 0
  let bytes = 0
  for (const { public_event_id: id, image_url } of wanted) {
    if (signal.aborted) break
    // Early, since downloads take long.
    assertFits(wanted.length + 1, bytes)
    onProgress({ what: 'pictures', done: pictures.length + missing, of: wanted.length })
    // With many pictures the URL may have expired.
    const content = (await pictureAt(image_url!, signal)) ?? (await pictureAgain(id, signal))
    bytes += content?.size ?? 0
    if (content) pictures.push({ name: `pictures/${id}.${EXTENSIONS[content.type] ?? 'jpg'}`, content })
    else missing++
  }
  return { pictures, missing }
}

const EXTENSIONS: Record<string, string> = { 'image/png': 'png' }

async function pictureAgain(id: string, signal: AbortSignal) {
  // The event may have been deleted meanwhile.
  const url = await scout.getEvent(id).then(
    (event) => event.image_url,
    () => null,
  )
  return url === null ? null : pictureAt(url, signal)
}

async function pictureAt(url: string, signal: AbortSignal) {
  try {
    // The cached response of an <img> has no CORS header.
    const response = await fetch(url, {
      mode: 'cors',
      credentials: 'omit',
      cache: 'reload',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_IN_MS)]),
    })
    return response.ok ? await response.blob() : null
  } catch {
    return null
  }
}
