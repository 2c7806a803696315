import { type SQL, sql } from 'drizzle-orm'
import { type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { idsOf } from '../db/ids.ts'
import { cameras, events, verdicts } from '../db/schema.ts'
import { columnsOf, given, isAfter, listOf, oneOf, only, type Row } from '../db/statement.ts'
import type { Page } from '../http/paging.ts'
import { problems } from '../problems.ts'
import type { State } from './life.ts'
import type { Skip } from './sort.ts'

/** The verdicts of a judge on a rule. */
export const VERDICTS = ['yes', 'no', 'unsure'] as const
/** The owner's feedback on a verdict. */
export const FEEDBACK = ['right', 'wrong'] as const
export type Feedback = (typeof FEEDBACK)[number]

/** The most by which a picture's stored capture time may follow its receipt; see receive.ts. */
const MOST_AHEAD_IN_MS = 2 * 60 * 1000
const MOST_BEHIND_IN_MS = 8 * 24 * 60 * 60 * 1000

/** The public columns of an event. Its bucket and lease are for operators. */
const SHOWN = [
  'publicEventId',
  'objectKey',
  'camera',
  'capturedAt',
  'receivedAt',
  'state',
  'attempts',
  'labels',
  'caption',
  'judge',
  'judgedAt',
  'judgeInMs',
  'tokensIn',
  'tokensOut',
  'clipKey',
  'failure',
] as const
/** The verdict of one rule on a picture, with the rule as it was then, or why the rule was skipped. */
export type Finding = Pick<Row<typeof verdicts>, 'rule' | 'ruleText' | 'ruleNickname' | 'evidence'> & {
  verdict: (typeof VERDICTS)[number] | null
  skipped: Skip | null
  feedback: Feedback | null
}
/**
 * An event with its verdicts. The picture belongs to the camera: if that was deleted or has another owner, it is not shown.
 */
export type Event = Omit<Pick<Row<typeof events>, (typeof SHOWN)[number]>, 'state'> & {
  state: State
  isPictured: boolean
  verdicts: Finding[]
}
/**
 * The filters. `rule` with `verdict` selects events with this verdict of the rule. Pictures since `from` and before `to`.
 */
export type Filters = {
  camera?: string | undefined
  rule?: string | undefined
  state?: State | undefined
  verdict?: (typeof VERDICTS)[number] | undefined
  from?: string | undefined
  to?: string | undefined
}

const findings = columnsOf(verdicts, [
  'rule',
  'ruleText',
  'ruleNickname',
  'verdict',
  'skipped',
  'evidence',
  'feedback',
])
/** Whether the viewer may see a row's picture: it goes with its camera, and an earlier owner may not see it. */
export const isPictured = sql`(camera is null or exists (
  select from ${cameras} where public_camera_id = camera and owner_id = (select id from viewer)))`
const columns = sql`${columnsOf(events, SHOWN)},
  ${isPictured} as "isPictured",
  ${listOf<Finding>(sql`select ${findings} from ${verdicts} where event = public_event_id order by rule`)} as verdicts`

const isTheirs = sql`owner = (select public_user_id from viewer)`

// Ids grow with the time of receipt, so the index finds the rows that a span of time can have.
const listing = (isOfVerdict: SQL) =>
  viewerReads(() => ({
    steps: {
      page: sql`
        select * from ${events}
        where ${isTheirs}
          and ${isAfter(events.publicEventId)}
          and public_event_id >= ${given('first', 'uuid')} and public_event_id <= ${given('last', 'uuid')}
          and ${only('camera', 'uuid', (camera) => sql`camera = ${camera}`)}
          and ${only('state', 'text', (state) => sql`state = ${state}`)}
          and ${only('from', 'timestamptz', (from) => sql`captured_at >= ${from}`)}
          and ${only('to', 'timestamptz', (to) => sql`captured_at < ${to}`)}
          and ${isOfVerdict}
        order by public_event_id desc limit ${given('limit', 'int')} + 1`,
    },
    answers: { events: listOf<Event>(sql`select ${columns} from page order by public_event_id desc`) },
  }))

const listingAll = listing(sql`true`)
const listingByVerdict = listing(sql`
  public_event_id in (
    select event from ${verdicts}
    where ${only('rule', 'uuid', (rule) => sql`rule = ${rule}`)}
      and ${only('verdict', 'text', (verdict) => sql`verdict = ${verdict}`)})`)

/** The viewer's events, the newest first: a page, and one row more if there are more. */
export async function eventsOf(db: Db, viewer: Viewer, filters: Filters, { limit, after }: Page) {
  const { camera = null, rule = null, state = null, verdict = null, from = null, to = null } = filters
  const list = (rule ?? verdict) ? listingByVerdict : listingAll
  const { events } = await list(db, viewer, {
    camera,
    rule,
    state,
    verdict,
    from,
    to,
    limit,
    after,
    ...idsOf(filters, { ahead: MOST_AHEAD_IN_MS, behind: MOST_BEHIND_IN_MS }),
  })
  return events
}

const finding = viewerReads(() => ({
  answers: {
    event: oneOf<Event>(sql`
      select ${columns} from ${events} where public_event_id = ${given('id', 'uuid')} and ${isTheirs}`),
  },
}))

/** @throws noSuch('Event') for an event that is not the viewer's */
export async function findEvent(db: Db, viewer: Viewer, id: string) {
  const { event } = await finding(db, viewer, { id })
  if (!event) throw problems.noSuch('Event')
  return event
}

const correcting = viewerWrites(() => ({
  steps: {
    event: sql`select public_event_id from ${events} where public_event_id = ${given('id', 'uuid')} and ${isTheirs}`,
    corrected: sql`
      update ${verdicts} set feedback = ${given('feedback')}, feedback_at = now()
      where event = (select public_event_id from event) and rule = ${given('rule', 'uuid')} and verdict is not null
      returning *`,
  },
  answers: {
    isOwn: sql<boolean>`exists (select from event)`,
    corrected: oneOf<Finding>(sql`select ${findings} from corrected`),
  },
}))

/**
 * Stores the owner's feedback on a verdict in place of the earlier one.
 * @throws noSuch('Event'), noSuch('Rule') for a rule without a verdict
 */
export async function correct(db: Db, viewer: Viewer, id: string, rule: string, feedback: Feedback) {
  const { isOwn, corrected } = await correcting(db, viewer, { id, rule, feedback })
  if (!isOwn) throw problems.noSuch('Event')
  if (!corrected) throw problems.noSuch('Rule')
  return corrected
}
