import { sql } from 'drizzle-orm'
import { shown } from '../admin/fields.ts'
import { choicesOf, defineModel } from '../admin/model.ts'
import { deliveries, pushTargets } from '../db/schema.ts'
import { byPublicOwner, emailOfPublic } from '../users/public-ids.ts'
import type { State } from './outbox.ts'
import { KINDS } from './push.ts'

const email = emailOfPublic(deliveries.owner)
const device = sql`(select name from ${pushTargets} where public_target_id = ${deliveries.target})`
const answer = sql`concat_ws(' ', ${deliveries.reason}, ${deliveries.status})`

const isIn = (state: State) => sql`${deliveries.state} = ${sql.raw(`'${state}'`)}`

/** Staff see the deliveries of each notification, and the answers of the push services. */
export const deliveryAdmin = defineModel(deliveries, {
  app: { label: 'push', title: 'Push' },
  name: 'delivery',
  title: 'delivery',
  plural: 'deliveries',
  describe: sql`${deliveries.kind} || ' ' || ${deliveries.id}`,
  allows: ['view'],
  columns: [
    { title: 'Created at', shows: deliveries.createdAt, as: 'moment', sort: deliveries.createdAt },
    { title: 'Kind', shows: deliveries.kind },
    { title: 'State', shows: deliveries.state },
    { title: 'Answer', shows: answer },
    { title: 'Attempts', shows: deliveries.attempts },
    { title: 'Owner', shows: email },
    { title: 'Device', shows: device },
    { title: 'Due at', shows: deliveries.dueAt, as: 'moment' },
  ],
  filters: [
    {
      kind: 'choice',
      parameter: 'state',
      title: 'state',
      choices: {
        waiting: { title: 'Waiting', where: isIn('waiting') },
        sending: { title: 'Sending', where: isIn('sending') },
        sent: { title: 'Sent', where: isIn('sent') },
        held: { title: 'Held', where: isIn('held') },
        gone: { title: 'Gone', where: isIn('gone') },
        refused: { title: 'Refused', where: isIn('refused') },
        failed: { title: 'Failed', where: isIn('failed') },
      },
    },
    {
      kind: 'choice',
      parameter: 'kind',
      title: 'kind',
      choices: choicesOf(deliveries.kind, KINDS),
    },
    { kind: 'date', parameter: 'created_at', title: 'created at', column: deliveries.createdAt },
    byPublicOwner(deliveries.owner),
  ],
  sections: [
    {
      fields: {
        kind: shown({ label: 'Kind', shows: deliveries.kind }),
        state: shown({ label: 'State', shows: deliveries.state }),
        answer: shown({ label: 'Answer', shows: answer }),
        attempts: shown({ label: 'Attempts', shows: deliveries.attempts }),
        due_at: shown({ label: 'Due at', shows: deliveries.dueAt, as: 'moment' }),
        lease: shown({ label: 'Lease', shows: deliveries.lease }),
      },
    },
    {
      title: 'Whose',
      fields: {
        owner: shown({ label: 'Owner', shows: email }),
        device: shown({ label: 'Device', shows: device }),
        notification: shown({ label: 'Public notification id', shows: deliveries.notification }),
        target: shown({ label: 'Public target id', shows: deliveries.target }),
      },
    },
    {
      title: 'Important dates',
      fields: {
        created_at: shown({ label: 'Created at', shows: deliveries.createdAt, as: 'moment' }),
        settled_at: shown({ label: 'Settled at', shows: deliveries.settledAt, as: 'moment' }),
      },
    },
  ],
})
