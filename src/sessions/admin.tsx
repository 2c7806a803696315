import { sql } from 'drizzle-orm'
import { shown } from '../admin/fields.ts'
import { defineModel } from '../admin/model.ts'
import { pushTargets, sessions } from '../db/schema.ts'
import { emailOf, ownerFilter } from '../users/owner.ts'

/** Staff see the open sessions, and end one by deleting it. */
export const sessionAdmin = defineModel(sessions, {
  app: { label: 'users', title: 'Users' },
  name: 'session',
  title: 'session',
  plural: 'sessions',
  describe: sql`${sessions.name}`,
  publicId: sessions.publicSessionId,
  allows: ['view', 'delete'],
  columns: [
    { title: 'Name', shows: sessions.name },
    { title: 'User', shows: emailOf(sessions.userId) },
    { title: 'Created at', shows: sessions.createdAt, as: 'moment', sort: sessions.createdAt },
    { title: 'Last used at', shows: sessions.lastUsedAt, as: 'moment', sort: sessions.lastUsedAt },
  ],
  filters: [
    { kind: 'date', parameter: 'last_used_at', title: 'last used at', column: sessions.lastUsedAt },
    { ...ownerFilter(sessions.userId), title: 'user' },
  ],
  sections: [
    {
      fields: {
        name: shown({ label: 'Name', shows: sessions.name }),
        user: shown({ label: 'User', shows: emailOf(sessions.userId) }),
        created_at: shown({ label: 'Created at', shows: sessions.createdAt, as: 'moment' }),
        last_used_at: shown({ label: 'Last used at', shows: sessions.lastUsedAt, as: 'moment' }),
        public_session_id: shown({ label: 'Public session id', shows: sessions.publicSessionId }),
      },
    },
  ],
  related: [
    {
      named: {
        title: 'push target',
        plural: 'push targets',
        table: pushTargets,
        describe: sql`${pushTargets.kind}`,
      },
      ids: (deleted) => sql`select id from ${pushTargets} where session_id in (${deleted})`,
    },
  ],
})
