import { connect } from '../db/client.ts'
import { log } from '../log.ts'
import { readRule } from '../rules/reading.ts'
import { type Settings, settings, settingsIfGood } from '../settings.ts'
import { conclude } from './conclude.ts'
import type { Judge, NoJudgement } from './judge/judge.ts'
import { judgeOf } from './judge/openai.ts'
import { LOOKS_IN_SECONDS, nextTry, RETRIES_IN_SECONDS } from './life.ts'
import { type NoPicture, type Picture, withPicture } from './look.ts'
import { giveUp, postpone } from './postpone.ts'
import { sortRules } from './sort.ts'
import { take, type RuleThen, type Taken } from './take.ts'
import { localTime } from './words.ts'
import { wake } from './wake.ts'

/** What an isolate judges at once. */
const PICTURES_AT_ONCE = 4
/** Beside the judge's time: to take, to read the picture, to conclude. */
const LEASE_BESIDE_IN_SECONDS = 30
/** So long one call goes on taking what is due; then the next one does. */
const SHIFT_IN_MS = 10 * 60_000

/** What work needs, for as long as one call of the Worker lasts. */
type Shift = {
  env: Env
  ctx: Pick<ExecutionContext, 'waitUntil'>
  endsAt: number
  storage: Settings['storage']
  budgets: Settings['events']
  judge: Judge
  judgeName: string
  leaseInSeconds: number
}

/** A place for each picture that is worked on, until its lease ends: whoever is killed never gives theirs back. */
const places = new Set<{ until: number }>()
/** Whether somebody was woken since those who hold the places asked what is due: that may have come after they looked. */
let isCalled = false

/**
 * Judges what is due, beside whatever else this isolate judges, and goes on until nothing is: beside the answer, so that the
 * next message is not held. Without a judge pictures wait.
 */
export async function judgeDue(env: Env, ctx: Shift['ctx'], now = Date.now()) {
  const judge = settingsIfGood(env, 'judge') && judgeOf(settings(env, 'judge'))
  const [storage, budgets] = [settingsIfGood(env, 'storage'), settingsIfGood(env, 'events')]
  if (!judge || !storage || !budgets) return
  const leaseInSeconds =
    Math.ceil(settings(env, 'judge').JUDGE_TIMEOUT_IN_MS / 1000) + LEASE_BESIDE_IN_SECONDS
  const endsAt = now + SHIFT_IN_MS
  await takeSome({
    env,
    ctx,
    endsAt,
    storage,
    budgets,
    judge: judge.judge,
    judgeName: judge.name,
    leaseInSeconds,
  })
}

async function takeSome(shift: Shift) {
  const until = Date.now() + shift.leaseInSeconds * 1000
  for (const place of places) if (place.until < Date.now()) places.delete(place)
  const free = Array.from({ length: PICTURES_AT_ONCE - places.size }, () => ({ until }))
  for (const place of free) places.add(place)
  try {
    isCalled = true
    while (isCalled && free.length > 0) {
      isCalled = false
      const { taken, hasMore } = await take(
        connect(shift.env),
        shift.budgets,
        free.length,
        shift.leaseInSeconds,
      )
      for (const event of taken) shift.ctx.waitUntil(work(event, shift, free.pop()!))
      isCalled ||= hasMore
    }
  } catch (error) {
    logFailure('take', error)
  } finally {
    for (const place of free) places.delete(place)
  }
}

async function work(event: Taken, shift: Shift, place: { until: number }) {
  try {
    await judgeOne(event, shift)
  } catch (error) {
    // Its lease ends, and somebody else takes it.
    logFailure('judge', error, event.publicEventId)
  } finally {
    places.delete(place)
  }
  if (Date.now() < shift.endsAt) await takeSome(shift)
  else await wake(shift.env)
}

/** An event's way from being taken to its end, or to its next try. */
async function judgeOne(event: Taken, shift: Shift) {
  const { asked, skipped } = sortRules(event)
  const db = () => connect(shift.env)
  if (asked.length === 0) return ended(event, await conclude(db(), event, skipped, [], null))
  const seen = await withPicture(event, shift.storage, (picture) => show(picture, event, asked, shift))
  if (typeof seen === 'string') return unseen(event, seen, shift)
  const { answer, inMs, etag } = seen
  if ('failure' in answer) return unjudged(event, answer, shift)
  const judged = { judgement: answer, judge: shift.judgeName, inMs, etag }
  return ended(event, await conclude(db(), event, skipped, asked, judged))
}

async function show({ image, type, etag }: Picture, event: Taken, asked: RuleThen[], { judge, env }: Shift) {
  const [first] = asked
  const start = Date.now()
  const answer = await judge(
    {
      image,
      type,
      place: event.camera && first!.location,
      time: localTime(new Date(event.capturedAt), first!.timeZone),
      // Hours are read already.
      rules: asked.map(({ rule, corrections }) => ({ description: readRule(rule).rest, corrections })),
    },
    AbortSignal.timeout(settings(env, 'judge').JUDGE_TIMEOUT_IN_MS),
  )
  return { answer, inMs: Date.now() - start, etag }
}

async function unseen(event: Taken, failure: NoPicture, { env }: Shift) {
  const schedule = { missing: LOOKS_IN_SECONDS, unreachable: RETRIES_IN_SECONDS }[failure as string] ?? []
  await later(
    event,
    env,
    nextTry(schedule, event.attempts),
    failure === 'unreachable' ? 'failed' : 'discarded',
    {
      failure: failure === 'unreachable' ? 'storage_unreachable' : failure,
      judge: null,
    },
  )
}

async function unjudged(event: Taken, { failure, laterInSeconds }: NoJudgement, { env, judgeName }: Shift) {
  log.warn({ event: 'judge_failed', publicEventId: event.publicEventId, failure, attempts: event.attempts })
  const delay = nextTry(RETRIES_IN_SECONDS, event.attempts, laterInSeconds)
  await later(event, env, delay, 'failed', { failure: `judge_${failure}`, judge: judgeName })
}

async function later(
  event: Taken,
  env: Env,
  delay: number | null,
  end: 'failed' | 'discarded',
  cause: { failure: string; judge: string | null },
) {
  const db = connect(env)
  const isOurs =
    delay === null ? await giveUp(db, event, end, cause) : await postpone(db, event, delay, cause)
  if (!isOurs) return leaseLost(event)
  if (delay === null)
    log.error({ event: 'event_given_up', publicEventId: event.publicEventId, failure: cause.failure })
  else await wake(env, delay)
}

function ended(event: Taken, told: number | null) {
  if (told === null) return leaseLost(event)
  log.info({
    event: 'event_judged',
    publicEventId: event.publicEventId,
    told,
    milliseconds: Date.now() - Date.parse(event.receivedAt),
  })
}

/** Somebody else took it meanwhile, since it took too long: what they find counts. */
const leaseLost = ({ publicEventId }: Taken) => log.warn({ event: 'lease_lost', publicEventId })

function logFailure(work: string, error: unknown, publicEventId?: string) {
  const { name, sqlstate, reason } = error as { name?: string; sqlstate?: string; reason?: string }
  log.error({ event: 'events_failed', work, publicEventId, name, sqlstate, reason })
}
