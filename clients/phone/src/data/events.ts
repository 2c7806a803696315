import type { Event, Feedback, Verdict } from '@scout/client'
import { change } from './change.ts'
import { ifThere } from './if-there.ts'
import { resource } from './resource.ts'
import { scout } from './session.ts'

/** An event, or null if it no longer exists. */
export const event = (id: string) => resource<Event | null>(`events/${id}`, () => ifThere(scout.getEvent(id)))

/** Sends feedback on a rule's verdict; it can be changed later. */
export const giveFeedback = (id: string, rule: string, feedback: Feedback['feedback']) =>
  change({
    show: [
      [
        event(id),
        (one: Event | null) =>
          one && { ...one, verdicts: one.verdicts.map((said) => corrected(said, rule, feedback)) },
      ],
    ],
    send: () => scout.giveFeedback(id, { public_rule_id: rule, feedback }),
  })

const corrected = (said: Verdict, rule: string, feedback: Feedback['feedback']): Verdict =>
  said.public_rule_id === rule ? { ...said, feedback } : said

const LATEST = 12

/** The newest events of a camera. */
export const cameraEvents = (camera: string) =>
  resource(`cameras/${camera}/events`, () => take(LATEST, { camera }))

const BESIDE = 50
export type Beside = { newer: string | null; older: string | null }

/** The ids of a camera's next newer and older event. For an event that is not among the newest 50, only the older one is known. */
export const beside = ({ public_event_id: id, public_camera_id: camera }: Event) =>
  resource<Beside>(`events/${id}/beside`, async () => {
    if (camera === null) return { newer: null, older: null }
    const newest = (await take(BESIDE, { camera })).map(idOf)
    const at = newest.indexOf(id)
    if (at >= 0) return { newer: newest[at - 1] ?? null, older: newest[at + 1] ?? null }
    const [older] = await take(1, { camera, after: id })
    return { newer: null, older: older ? idOf(older) : null }
  })

/** Events by id, in the given order, without those that no longer exist. */
export const eventsOf = (ids: string[]) =>
  resource<Event[]>(`events of ${ids.join()}`, async () =>
    (await Promise.all(ids.map((id) => ifThere(scout.getEvent(id))))).filter((one) => one !== null),
  )

async function take(count: number, of: { camera: string; after?: string }) {
  const newest: Event[] = []
  for await (const event of scout.eachEvent({ ...of, pageSize: count }))
    if (newest.push(event) === count) break
  return newest
}

const idOf = ({ public_event_id: id }: Event) => id
