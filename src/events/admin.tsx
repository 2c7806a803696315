import { sql } from 'drizzle-orm'
import { shown } from '../admin/fields.ts'
import { defineModel } from '../admin/model.ts'
import { events, verdicts } from '../db/schema.ts'
import { byPublicCamera, byPublicOwner, emailOfPublic, locationOfPublic } from '../users/public-ids.ts'
import { ARROWS, type State } from './life.ts'

const email = emailOfPublic(events.owner)
const location = locationOfPublic(events.camera)
const inMs = sql`${events.judgeInMs} || ' ms'`
const tokens = sql`${events.tokensIn} || ' + ' || coalesce(${events.tokensOut}, 0)`

/** A line per verdict, like `Fox: yes, cooling_down: A fox stands beside the bins.` */
const found = sql`(
  select string_agg(
    concat_ws(': ', rule_nickname, concat_ws(', ', verdict, skipped, 'feedback ' || feedback), nullif(evidence, '')),
    E'\\n' order by rule)
  from ${verdicts} where event = ${events.publicEventId})`

const isIn = (...states: State[]) =>
  sql`${events.state} in (${sql.join(
    states.map((state) => sql.raw(`'${state}'`)),
    sql`, `,
  )})`
const isDue = sql`${events.dueAt} is not null`
/** Staff see the state of each picture, and can have finished ones judged again. */
export const eventAdmin = defineModel(events, {
  app: { label: 'events', title: 'Events' },
  name: 'event',
  title: 'event',
  plural: 'events',
  describe: sql`${events.publicEventId}::text`,
  publicId: events.publicEventId,
  allows: ['view', 'change'],
  columns: [
    { title: 'Received at', shows: events.receivedAt, as: 'moment', sort: events.receivedAt },
    { title: 'State', shows: events.state },
    { title: 'Camera', shows: location },
    { title: 'Owner', shows: email },
    { title: 'Attempts', shows: events.attempts },
    { title: 'Due at', shows: events.dueAt, as: 'moment' },
    { title: 'Failure', shows: events.failure },
    { title: 'Judge', shows: events.judge },
    { title: 'Judging time', shows: inMs },
    { title: 'Tokens', shows: tokens },
  ],
  filters: [
    {
      kind: 'choice',
      parameter: 'state',
      title: 'state',
      choices: {
        waiting: { title: 'Waiting', where: sql`(${isIn('received')} and ${isDue})` },
        judging: { title: 'Judging', where: sql`(${isIn('judging')} and ${isDue})` },
        done: { title: 'Done', where: isIn('done') },
        failed: { title: 'Failed', where: sql`${events.state} = 'failed'` },
        discarded: { title: 'Discarded', where: sql`${events.state} = 'discarded'` },
      },
    },
    { kind: 'date', parameter: 'received_at', title: 'received at', column: events.receivedAt },
    byPublicOwner(events.owner),
    byPublicCamera(events.camera),
  ],
  sections: [
    {
      fields: {
        state: shown({ label: 'State', shows: events.state }),
        failure: shown({ label: 'Failure', shows: events.failure }),
        attempts: shown({ label: 'Attempts', shows: events.attempts }),
        due_at: shown({ label: 'Due at', shows: events.dueAt, as: 'moment' }),
        lease: shown({ label: 'Lease', shows: events.lease }),
        camera: shown({ label: 'Camera', shows: location }),
        owner: shown({ label: 'Owner', shows: email }),
        public_event_id: shown({ label: 'Public event id', shows: events.publicEventId }),
        public_camera_id: shown({ label: 'Public camera id', shows: events.camera }),
        public_user_id: shown({ label: 'Public user id', shows: events.owner }),
      },
    },
    {
      title: 'Judgement',
      fields: {
        verdicts: shown({ label: 'Verdicts', shows: found }),
        caption: shown({ label: 'Caption', shows: events.caption }),
        judge: shown({ label: 'Judge', shows: events.judge }),
        judging_time: shown({ label: 'Judging time', shows: inMs }),
        tokens: shown({ label: 'Tokens', shows: tokens }),
      },
    },
    {
      title: 'Picture',
      fields: {
        bucket: shown({ label: 'Bucket', shows: events.bucket }),
        object_key: shown({ label: 'Object key', shows: events.objectKey }),
        etag: shown({ label: 'Entity tag', shows: events.etag }),
        labels: shown({ label: 'Labels', shows: sql`${events.labels}::text` }),
        clip_key: shown({ label: 'Clip key', shows: events.clipKey }),
      },
    },
    {
      title: 'Important dates',
      fields: {
        captured_at: shown({ label: 'Captured at', shows: events.capturedAt, as: 'moment' }),
        received_at: shown({ label: 'Received at', shows: events.receivedAt, as: 'moment' }),
        judged_at: shown({ label: 'Judged at', shows: events.judgedAt, as: 'moment' }),
        clip_at: shown({ label: 'Clip at', shows: events.clipAt, as: 'moment' }),
      },
    },
  ],
  actions: [
    {
      name: 'judge_again',
      titles: { many: 'Judge selected events again', one: 'Judge again' },
      needs: 'change',
      // The judging consumer looks for due events every minute, so nothing needs to wake it.
      steps: (chosen) => ({
        done: sql`
          update ${events} set state = 'received', attempts = 0, lease = null, due_at = now(),
            failure = case when failure = 'limited' then failure end
          where ${events.id} in (${chosen}) and ${isIn(...ARROWS.judgeAgain.from)}
          returning ${events.id}, ${events.publicEventId}::text as repr`,
      }),
      logs: ['State'],
      says: (count, repr) =>
        `${repr ?? `${count} ${count === 1 ? 'event' : 'events'}`} will be judged again within a minute.`,
    },
  ],
})
