import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { cameras, events, notifications, rules, users, verdicts } from '../db/schema.ts'
import { arrayOf, given, repeatable } from '../db/statement.ts'
import { LATE_AFTER, type Telling, telling } from '../notifications/telling.ts'
import { delivering } from '../push/outbox.ts'
import type { Judgement } from './judge/judge.ts'
import { givenBack } from './budgets.ts'
import { lockCameras, mine } from './lease.ts'
import type { Skipped } from './sort.ts'
import type { RuleThen, Taken } from './take.ts'
import { CAMERA_UNKNOWN, lineOf, TEXT } from './words.ts'

/** The judgement of a picture, by which judge and in how long; null if no rule was to be judged. */
export type Judged = { judgement: Judgement; judge: string; inMs: number; etag: string }

/** A rule's verdict, as input of the statement. */
type Said = {
  rule: string
  rule_text: string
  rule_nickname: string
  verdict: string | null
  skipped: string | null
  evidence: string
  line: string
}

const said = sql`
  select * from json_to_recordset(${given('said', 'json')}) as said (
    rule uuid, rule_text text, rule_nickname text, verdict text, skipped text, evidence text, line text)`

/** Adds up the cost of a picture over all its judgements. */
const sum = (column: string, name: string) =>
  sql`case when ${given(name, 'int')} is null then ${sql.identifier(column)} else coalesce(${sql.identifier(column)}, 0) + ${given(name, 'int')} end`

const ended = sql`
  update ${events} set state = 'done', lease = null, due_at = null, failure = null,
    etag = coalesce(etag, ${given('etag')}), caption = coalesce(${given('caption')}, caption),
    judge = coalesce(${given('judge')}, judge), judge_in_ms = coalesce(${given('inMs', 'int')}, judge_in_ms),
    judged_at = case when ${given('isJudged', 'boolean')} then now() else judged_at end,
    tokens_in = ${sum('tokens_in', 'tokensIn')}, tokens_out = ${sum('tokens_out', 'tokensOut')}
  where ${mine}
  returning *`

/** Whether a verdict of an earlier judgement has notified. */
const hasTold = sql`(verdicts.verdict = 'yes' and verdicts.skipped is null)`

// A rule that was disabled, given away or triggered since it was judged notifies nobody; nor does one that told of this picture already.
const matched = sql`
  select ${rules.id}, ${rules.cameraId}, said.rule, said.rule_nickname, said.line, importance
  from ended cross join said
    join ${rules} on public_rule_id = said.rule
    join ${cameras} on ${cameras.id} = camera_id
    join ${users} on ${users.id} = ${cameras.ownerId} and public_user_id = ended.owner
  where said.verdict = 'yes' and is_enabled
    and (cooldown_in_seconds = 0 or last_triggered is null
      or ended.captured_at >= last_triggered + make_interval(secs => cooldown_in_seconds))
    and not exists (
      select from ${verdicts} where event = ended.public_event_id and ${verdicts.rule} = said.rule and ${hasTold})`

const triggered = sql`
  update ${rules} set last_triggered = greatest(last_triggered, (select captured_at from ended))
  where id in (select id from matched) returning id`

/** One notification for each camera whose rules matched: a picture without a camera may have several. */
const match: Telling = {
  kind: 'match',
  of: sql`
    select camera_id, ended.owner, ended.public_event_id as event, ended.object_key as image_key, ended.clip_key,
      ended.captured_at, array_agg(matched.rule order by matched.id) as rule_ids,
      array_agg(matched.rule_nickname order by matched.id) as rule_nicknames,
      case when bool_or(importance = 'time_sensitive') then 'time_sensitive' when bool_or(importance = 'normal') then 'normal' else 'passive' end as importance,
      string_agg(matched.line, E'\\n' order by matched.id) as body,
      case when ended.camera is null then ${`, ${CAMERA_UNKNOWN}`} else '' end as remark
    from matched join ended on true
    group by camera_id, ended.owner, ended.public_event_id, ended.object_key, ended.clip_key, ended.captured_at, ended.camera`,
}

/** A picture that addresses its judge may have silenced it. Its owner is notified of that once an hour. */
const addressed = sql`
  insert into ${notifications} (
    public_notification_id, owner, camera, event, event_ids, kind, rule_ids, rule_nicknames, title, body, image_key, clip_key,
    captured_at, created_at)
  select uuidv7(), owner, camera, public_event_id, array[public_event_id], 'text', '{}', '{}',
    coalesce((select location from ${cameras} where public_camera_id = ended.camera), 'Scout'), ${TEXT}, object_key, clip_key,
    captured_at, now()
  from ended
  where ${given('addressesYou', 'boolean')} and not exists (
    select from ${notifications} as before
    where before.owner = ended.owner and before.camera is not distinct from ended.camera and before.kind = 'text'
      and before.created_at > now() - interval '1 hour')
  returning *, captured_at > now() - ${LATE_AFTER} as is_pushed`

/** Why a rule with a yes notifies nobody. A rule that was deleted or given away meanwhile counts as disabled. */
const kept = sql`
  case when exists (
    select from ${rules} where public_rule_id = said.rule and is_enabled and owner_id = (
      select id from ${users} where public_user_id = ended.owner))
  then 'cooling_down' else 'disabled' end`

// If a picture is judged again, it keeps its earlier verdicts for rules that are skipped this time.
const judged = sql`
  insert into ${verdicts} as verdicts (event, rule, rule_text, rule_nickname, verdict, skipped, evidence)
  select public_event_id, said.rule, rule_text, rule_nickname, verdict,
    coalesce(skipped, case when verdict = 'yes' and said.rule not in (select rule from matched) then ${kept} end), evidence
  from said join ended on true
  on conflict (event, rule) do update set
    rule_text = excluded.rule_text, rule_nickname = excluded.rule_nickname, verdict = excluded.verdict, evidence = excluded.evidence,
    skipped = case when excluded.verdict = 'yes' and ${hasTold} then null else excluded.skipped end,
    feedback = case when excluded.verdict = verdicts.verdict then verdicts.feedback end,
    feedback_at = case when excluded.verdict = verdicts.verdict then verdicts.feedback_at end
  where excluded.verdict is not null or verdicts.verdict is null
  returning 1`

/** Withdraws the notification that the picture could not be judged, once it is. */
const settled = sql`
  update ${notifications} set cleared_at = now()
  where kind = 'unjudged' and count = 1 and cleared_at is null and event = (select public_event_id from ended)
    and ${given('isJudged', 'boolean')} and not exists (select from matched)
  returning 1`

const ringing = delivering(sql`
  select * from notified where is_pushed union all select * from addressed where is_pushed`)

const concluding = repeatable(() => ({
  first: lockCameras,
  steps: {
    said,
    ended,
    matched,
    triggered,
    ...telling(match),
    addressed,
    ...ringing.steps,
    judged,
    settled,
    given_back: givenBack('ended', sql`not ${given('isJudged', 'boolean')}`),
  },
  answers: {
    isOurs: sql<boolean>`exists (select from ended)`,
    told: sql<number>`(select count(*)::int from notified)`,
    ...ringing.answers,
  },
}))

/**
 * Ends an event with its verdicts and notifications, in one statement, if the lease is still ours. A rule with a yes notifies
 * if its cool-down is over by the pictures' own times. Returns the number of notifications and their deliveries; null if the
 * lease was lost.
 */
export async function conclude(
  db: Db,
  event: Taken,
  skipped: Skipped[],
  asked: RuleThen[],
  judged: Judged | null,
) {
  const { judgement, judge = null, inMs = null, etag = null } = judged ?? {}
  const said = [
    ...skipped.map(({ rule, skipped }) => ({
      ...named(rule),
      verdict: null,
      skipped,
      evidence: '',
      line: '',
    })),
    ...asked.map((rule, index) => {
      const verdict = judgement!.verdicts[index]!
      return { ...named(rule), ...verdict, skipped: null, line: lineOf(rule.ruleNickname, verdict) }
    }),
  ] satisfies Said[]
  const { isOurs, told, deliveries } = await concluding(db, {
    event: event.publicEventId,
    lease: event.lease,
    takenOn: event.takenOn,
    cameras: arrayOf([...new Set(event.rules.map(({ publicCameraId }) => publicCameraId))]),
    said: JSON.stringify(said),
    isJudged: judged !== null,
    addressesYou: judgement?.textAddressesYou ?? false,
    caption: judgement?.caption ?? null,
    tokensIn: judgement?.tokensIn ?? null,
    tokensOut: judgement?.tokensOut ?? null,
    judge,
    inMs,
    etag,
  })
  return isOurs ? { told, deliveries } : null
}

const named = ({ publicRuleId, rule, ruleNickname }: RuleThen) => ({
  rule: publicRuleId,
  rule_text: rule,
  rule_nickname: ruleNickname,
})
