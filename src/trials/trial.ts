import { sql } from 'drizzle-orm'
import { type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { cameras, events, notificationSettings } from '../db/schema.ts'
import { given, listOf, moment, oneOf } from '../db/statement.ts'
import { problems } from '../problems.ts'
import { isOpen } from '../rules/hours.ts'
import { readRule } from '../rules/reading.ts'
import type { Settings } from '../settings.ts'
import { type Budgets, budgetedTrial, budgetValues, lockBudgets, trialWaits } from '../events/budgets.ts'
import type { Judge, Verdict } from '../events/judge/judge.ts'
import { withPicture } from '../events/look.ts'
import { zone } from '../events/take.ts'
import { inWords } from '../events/words.ts'

export const MOST_PICTURES = 20
const PICTURES_AT_ONCE = 4
const PATIENCE_IN_MS = 25_000

type Camera = { location: string; timeZone: string }
type Picture = { publicEventId: string; objectKey: string; etag: string | null; capturedAt: string }
/**
 * Why a picture was not judged: it is outside the rule's hours, no longer exists, or the judge did not answer in time.
 */
export const NOT_TRIED = ['hours', 'no_picture', 'no_answer'] as const
export type Tried = Picture & {
  verdict: Verdict['verdict'] | null
  skipped: (typeof NOT_TRIED)[number] | null
  evidence: string
}

const ownCamera = sql`
  select public_camera_id, location, ${zone} as time_zone, (select public_user_id from viewer) as owner
  from ${cameras} left join ${notificationSettings} on user_id = owner_id
  where public_camera_id = ${given('cameraId', 'uuid')} and owner_id = (select id from viewer)`
const theCamera = oneOf<Camera>(sql`select location, time_zone as "timeZone" from camera`)

const checking = viewerReads(() => ({ steps: { camera: ownCamera }, answers: { camera: theCamera } }))

const granting = viewerWrites(() => ({
  first: lockBudgets,
  steps: {
    camera: ownCamera,
    newest: sql`
      select ${events}.* from ${events} join camera on camera = public_camera_id and ${events.owner} = camera.owner
      where state <> 'discarded' or failure = 'limited'
      order by public_event_id desc limit ${given('count', 'int')}`,
    trial: sql`select owner, (select count(*)::int from newest) as asked from camera`,
    ...budgetedTrial,
  },
  answers: {
    camera: theCamera,
    waitsInSeconds: trialWaits,
    pictures: listOf<Picture>(sql`
      select public_event_id as "publicEventId", object_key as "objectKey", etag, ${moment(sql`captured_at`, 'capturedAt')} as "capturedAt"
      from newest order by public_event_id desc limit (select pictures from granted)`),
  },
}))

/**
 * The newest pictures of a camera to try a rule on, at most `count`; they count before they are judged.
 * @throws notYourCamera, throttled after ten trials in an hour or if no more pictures may be judged today
 */
export async function grantTrial(db: Db, viewer: Viewer, cameraId: string, count: number, budgets: Budgets) {
  if (count === 0) {
    const { camera } = await checking(db, viewer, { cameraId })
    if (!camera) throw problems.notYourCamera()
    return { camera, pictures: [] }
  }
  const values = { cameraId, count, ...budgetValues(budgets) }
  const { camera, waitsInSeconds, pictures } = await granting(db, viewer, values)
  if (!camera) throw problems.notYourCamera()
  if (waitsInSeconds !== null) throw problems.throttled(waitsInSeconds)
  return { camera, pictures }
}

/**
 * Judges pictures by a rule that need not exist, and notifies nobody. Pictures that were not judged in time come without a
 * verdict.
 */
export async function tryRule(
  rule: string,
  { location, timeZone }: Camera,
  pictures: Picture[],
  { judge, storage }: { judge: Judge; storage: Settings['storage'] },
  patienceInMs = PATIENCE_IN_MS,
): Promise<Tried[]> {
  const reading = readRule(rule)
  const tried = pictures.map((picture): Tried => {
    const isAsked = isOpen(reading, new Date(picture.capturedAt), timeZone)
    return { ...picture, verdict: null, skipped: isAsked ? 'no_answer' : 'hours', evidence: '' }
  })
  const waiting = tried.filter(({ skipped }) => skipped !== 'hours')
  const end = AbortSignal.timeout(patienceInMs)

  async function judgeSome() {
    for (let one = waiting.shift(); one && !end.aborted; one = waiting.shift()) await judgeOne(one)
  }
  async function judgeOne(one: Tried) {
    const answer = await withPicture(one, storage, ({ image, type }) => {
      const time = inWords(new Date(one.capturedAt), timeZone)
      const rules = [{ description: reading.rest, corrections: [] }]
      return judge({ image, type, place: location, time, rules }, end)
    })
    if (typeof answer === 'string')
      one.skipped = ['storage_unreachable', 'crowded'].includes(answer) ? 'no_answer' : 'no_picture'
    else if (!('failure' in answer)) Object.assign(one, answer.verdicts[0], { skipped: null })
  }
  const work = Array.from({ length: PICTURES_AT_ONCE }, judgeSome)
  await Promise.race([Promise.all(work), new Promise((resolve) => end.addEventListener('abort', resolve))])
  // A late judgement changes nothing in it.
  return tried.map((one) => ({ ...one }))
}
