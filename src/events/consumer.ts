import { nextTry } from '../backoff.ts'
import { connect } from '../db/client.ts'
import { log } from '../log.ts'
import { deliverBeside, type Lanes, newLanes } from '../notifications/deliver.ts'
import { type Delivery, LEASE_IN_SECONDS } from '../push/outbox.ts'
import { readRule } from '../rules/reading.ts'
import { type Settings, settings, settingsIfGood } from '../settings.ts'
import { conclude } from './conclude.ts'
import { logFailure } from './failure.ts'
import type { Judge } from './judge/judge.ts'
import { judgeOf } from './judge/openai.ts'
import { type Failure, LOOKS_IN_SECONDS, RETRIES_IN_SECONDS } from './life.ts'
import { type Picture, withPicture } from './look.ts'
import { giveUp, postpone } from './postpone.ts'
import { sortRules } from './sort.ts'
import { take, type RuleThen, type Taken } from './take.ts'
import { inWords } from './words.ts'
import { wake } from './wake.ts'

/** The pictures that an isolate judges concurrently. */
const PICTURES_AT_ONCE = 4
/** The time besides the judge's: to take the event, wait for memory, read the picture and conclude. */
const LEASE_BESIDE_IN_SECONDS = 30
/** How long a picture waits for memory; then it is put back for as long. */
const ROOM_IN_SECONDS = 5
/**
 * The platform stops work half a minute after an answer. With a quick judge, a shift takes events for this long, and then
 * wakes another. A slow judge is awaited, for up to a quarter of an hour.
 */
const BESIDE_IN_MS = { shift: 2_000, judge: 20_000 }
const WAITED_FOR_IN_MS = 10 * 60_000

/** A failed database may have recovered by then. */
const RETRY_IN_SECONDS = 10

/** What work needs during one call of the Worker. */
type Shift = {
  env: Env
  ctx: Pick<ExecutionContext, 'waitUntil'>
  endsAt: number
  storage: Settings['storage']
  budgets: Settings['events']
  judge: Judge
  judgeName: string
  leaseInSeconds: number
  lanes: Lanes
}

/** A slot for each picture in work, until its lease ends: a killed call never frees its slots. */
const places = new Set<{ until: number }>()
/** Whether a message came since the holders of the slots last looked for due events. */
let isCalled = false

/**
 * Judges due events, beside other work of this isolate, until none is left. It runs after the answer, so as not to delay the
 * next message, unless the judge may take too long for that. Without a judge, pictures wait.
 */
export async function judgeDue(env: Env, ctx: Shift['ctx']) {
  const judging = settingsIfGood(env, 'judge')
  const judge = judging && judgeOf(judging)
  const [storage, budgets] = [settingsIfGood(env, 'storage'), settingsIfGood(env, 'events')]
  if (!judge || !storage || !budgets) return
  const isQuick = judging.JUDGE_TIMEOUT_IN_MS <= BESIDE_IN_MS.judge
  const waitedFor: Promise<unknown>[] = []
  await takeSome({
    env,
    ctx: isQuick ? ctx : { waitUntil: (work) => void waitedFor.push(work) },
    endsAt: Date.now() + (isQuick ? BESIDE_IN_MS.shift : WAITED_FOR_IN_MS),
    storage,
    budgets,
    judge: judge.judge,
    judgeName: judge.name,
    leaseInSeconds: Math.ceil(judging.JUDGE_TIMEOUT_IN_MS / 1000) + LEASE_BESIDE_IN_SECONDS,
    lanes: newLanes(),
  })
  // Each of them may add others.
  for (const work of waitedFor) await work
}

async function takeSome(shift: Shift) {
  const until = () => Date.now() + shift.leaseInSeconds * 1000
  for (const place of places) if (place.until < Date.now()) places.delete(place)
  const free = Array.from({ length: PICTURES_AT_ONCE - places.size }, () => ({ until: until() }))
  for (const place of free) places.add(place)
  try {
    isCalled = true
    while (isCalled && free.length > 0) {
      if (Date.now() >= shift.endsAt) {
        // Before the message can arrive here.
        for (const place of free.splice(0)) places.delete(place)
        return void (await wake(shift.env))
      }
      isCalled = false
      const { taken, deliveries, hasMore } = await take(
        connect(shift.env),
        shift.budgets,
        free.length,
        shift.leaseInSeconds,
      )
      for (const event of taken) {
        const place = free.pop()!
        place.until = until()
        shift.ctx.waitUntil(work(event, shift, place))
      }
      ring(deliveries, shift)
      isCalled ||= hasMore
    }
  } catch (error) {
    logFailure('take', error)
    await wake(shift.env, RETRY_IN_SECONDS)
  } finally {
    for (const place of free) places.delete(place)
  }
}

async function work(event: Taken, shift: Shift, place: { until: number }) {
  try {
    await judgeOne(event, shift)
  } catch (error) {
    // Its lease will end, and another attempt will take it.
    logFailure('judge', error, event.publicEventId)
    await wake(shift.env, shift.leaseInSeconds)
  } finally {
    places.delete(place)
  }
  await takeSome(shift)
}

/** Judges an event that was taken: ends it or schedules its next try. */
async function judgeOne(event: Taken, shift: Shift) {
  const { asked, skipped } = sortRules(event)
  const db = () => connect(shift.env)
  if (asked.length === 0) return ended(event, shift, await conclude(db(), event, skipped, [], null))
  const judging = (picture: Picture) => show(picture, event, asked, shift)
  const seen = await withPicture(event, shift.storage, judging, ROOM_IN_SECONDS * 1000)
  if (seen === 'crowded') return putBack(event, shift)
  if (typeof seen === 'string') return later(event, shift, seen, null, null)
  const { answer, inMs, etag } = seen
  if ('failure' in answer) {
    const { failure, laterInSeconds } = answer
    const { publicEventId, attempts } = event
    log.warn({ event: 'judge_failed', publicEventId, failure, attempts })
    return later(event, shift, `judge_${failure}`, shift.judgeName, laterInSeconds)
  }
  const judged = { judgement: answer, judge: shift.judgeName, inMs, etag }
  return ended(event, shift, await conclude(db(), event, skipped, asked, judged))
}

async function show({ image, type, etag }: Picture, event: Taken, asked: RuleThen[], { judge, env }: Shift) {
  const [first] = asked
  const start = Date.now()
  const answer = await judge(
    {
      image,
      type,
      place: event.camera && first!.location,
      time: inWords(new Date(event.capturedAt), first!.timeZone),
      // Without the hours, which were checked before.
      rules: asked.map(({ rule, corrections }) => ({ description: readRule(rule).rest, corrections })),
    },
    AbortSignal.timeout(settings(env, 'judge').JUDGE_TIMEOUT_IN_MS),
  )
  return { answer, inMs: Date.now() - start, etag }
}

/** Other pictures fill the memory. That was no attempt. */
async function putBack(event: Taken, shift: Shift) {
  const cause = { failure: null, attempts: event.attempts - 1, judge: null }
  const postponed = await postpone(connect(shift.env), event, ROOM_IN_SECONDS, cause)
  if (!postponed) return leaseLost(event, shift)
  await wake(shift.env, ROOM_IN_SECONDS)
}

/** The retry schedules by failure. The default is that of the judge. */
const SCHEDULES: { [F in Failure]?: readonly number[] } = {
  missing: LOOKS_IN_SECONDS,
  overwritten: [],
  too_large: [],
  not_an_image: [],
}

async function later(
  event: Taken,
  shift: Shift,
  failure: Failure,
  judge: string | null,
  retryAfter: number | null,
) {
  const schedule = SCHEDULES[failure]
  // The present failure may differ from the last one.
  const attempts = kindOf(event.failure) === kindOf(failure) ? event.attempts : 1
  const delay = nextTry(schedule ?? RETRIES_IN_SECONDS, attempts, retryAfter)
  const cause = { failure, attempts, judge }
  const { publicEventId } = event
  const db = connect(shift.env)
  const postponed =
    delay === null
      ? await giveUp(db, event, schedule ? 'discarded' : 'failed', cause)
      : await postpone(db, event, delay, cause)
  if (!postponed) return leaseLost(event, shift)
  if (postponed.isDue) await wake(shift.env)
  else if (delay === null) log.error({ event: 'event_given_up', publicEventId, failure })
  else await wake(shift.env, delay)
  ring(postponed.deliveries, shift)
}

/** All failures of the judge are of one kind. */
const kindOf = (failure: string | null) => failure?.split('_')[0]

async function ended(event: Taken, shift: Shift, concluded: { told: number; deliveries: Delivery[] } | null) {
  if (!concluded) return leaseLost(event, shift)
  log.info({
    event: 'event_judged',
    publicEventId: event.publicEventId,
    told: concluded.told,
    milliseconds: Date.now() - Date.parse(event.receivedAt),
  })
  ring(concluded.deliveries, shift)
}

/** Runs beside the work on other pictures. What cannot be sent or settled now is due again when its lease ends. */
function ring(deliveries: Delivery[], { env, ctx, lanes }: Shift) {
  if (deliveries.length > 0) ctx.waitUntil(deliverBeside(env, deliveries, lanes))
}

/**
 * Another attempt took it meanwhile, because this one was too slow: the other's result counts. Or this one ended it, and only
 * the answer was lost; then its deliveries are due when their leases end.
 */
async function leaseLost({ publicEventId }: Taken, { env }: Shift) {
  log.warn({ event: 'lease_lost', publicEventId })
  await wake(env, LEASE_IN_SECONDS, 'deliver')
}
