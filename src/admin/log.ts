import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod/mini'
import { DatabaseError } from '../db/client.ts'
import { adminLog, contentTypes, users } from '../db/schema.ts'
import { given, listOf, oneOf } from '../db/statement.ts'
import { capitalized, type Model } from './model.ts'
import { may, staffReads } from './staff.ts'

/** Whether a log row was refused because the author's account was deleted meanwhile. */
export const isAuthorGone = (error: unknown) =>
  error instanceof DatabaseError &&
  error.isParentGone &&
  error.constraint?.startsWith('django_admin_log_user_id_') === true

/** The action flags of `django_admin_log`. */
export const FLAG = { added: 1, changed: 2, deleted: 3 } as const

export type Entry = {
  id: string
  at: string
  flag: number
  repr: string
  message: string
  objectId: string | null
  app: string | null
  model: string | null
  by: string | null
}

/** The characters of a message that are read, so that a page of long messages does not take many megabytes. */
const MESSAGE = sql.raw('5000')

const entry = sql`
  ${adminLog.id}::text as id, action_time as at, action_flag as flag, object_repr as repr,
  left(change_message, ${MESSAGE}) || case when length(change_message) > ${MESSAGE} then '…' else '' end as message,
  object_id as "objectId", app_label as app, model, ${users.email} as by
  from ${adminLog} left join ${users} on ${users.id} = user_id
  left join ${contentTypes} on ${contentTypes.id} = content_type_id`

/** The caller's last ten actions. */
export const recentActions = listOf<Entry>(sql`
  select ${entry} where user_id = (select id from staff) order by user_id desc, ${adminLog.id} desc limit 10`)

export const HISTORY_PAGE = 100

const histories = new WeakMap<Model, ReturnType<typeof historyOf>>()

/** The log of one row, the newest first; one entry more than a page if there are more. */
export function history(model: Model) {
  const known = histories.get(model) ?? historyOf(model)
  histories.set(model, known)
  return known
}

const historyOf = (model: Model) => staffReads(() => historyStatement(model))

export const historyStatement = (model: Model) => ({
  answers: {
    row: oneOf<{ id: string; repr: string }>(sql`
        select ${model.id}::text as id, ${model.describe} as repr from ${model.table}
        where ${model.id} = ${given('id', 'bigint')} and ${may('view', model)}`),
    entries: listOf<Entry>(sql`
        select ${entry}
        where object_id = ${given('id')} and content_type_id = ${contentType(model)} and ${may('view', model)}
          and ${adminLog.id} < coalesce(${given('before', 'int')}, 2147483647)
        order by ${adminLog.id} desc limit ${sql.raw(String(HISTORY_PAGE + 1))}`),
  },
})

/**
 * A step that writes a log row for each row of `from`, a step with `id`, `repr` and, for changes, `fields`: the labels of the
 * changed fields.
 */
export const logged = (model: Model, flag: keyof typeof FLAG, fields = sql`null::text[]`) => sql`
  insert into ${adminLog} (action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message)
  select now(), (select id from staff), ${contentType(model)}, done.id::text, left(done.repr, 200),
    ${sql.raw(String(FLAG[flag]))}, ${MESSAGES[flag](fields)}
  from done
  returning 1`

/** Whether the log says that these `fields` of a row have changed since `since`, in milliseconds. */
export const isLoggedSince = (model: Model, fields: SQL, since: number) => sql<boolean>`exists (
  select from ${adminLog}
  where object_id = ${model.id}::text and content_type_id = ${contentType(model)}
    and change_message = ${MESSAGES.changed(fields)} and action_time >= to_timestamp(${since}::float8 / 1000))`

// In the format of Django's `construct_change_message`.
const MESSAGES: Record<keyof typeof FLAG, (fields: SQL) => SQL> = {
  added: () => sql`'[{"added": {}}]'`,
  changed: (fields: SQL) => sql`
    case when cardinality(${fields}) = 0 then '[]'
    else '[{"changed": {"fields": ' || to_jsonb(${fields})::text || '}}]' end`,
  deleted: () => sql`''`,
}

const contentType = ({ app, name }: Model) =>
  sql`(select id from ${contentTypes} where app_label = ${app.label} and model = ${name})`

/** A log row's message in words; a message in another format, like old rows' plain text, is shown unchanged. */
export function messageOf({ flag, message }: Pick<Entry, 'flag' | 'message'>): string {
  if (flag === FLAG.deleted) return 'Deleted.'
  const parts = parsed(message)
  if (!parts) return message
  const words = parts.flatMap(Object.entries).map(([verb, { name, object = '', fields = [] }]) => {
    const what = name ? `${name} “${object}”` : series(fields)
    return `${capitalized(verb)}${what && ` ${what}`}.`
  })
  return words.join(' ') || 'No fields changed.'
}

/** Django's list of changes. */
const changes = z.array(
  z.partialRecord(
    z.enum(['added', 'changed', 'deleted']),
    z.object({
      name: z.optional(z.string()),
      object: z.optional(z.string()),
      fields: z.optional(z.array(z.string())),
    }),
  ),
)

function parsed(message: string) {
  try {
    return changes.safeParse(JSON.parse(message)).data
  } catch {
    return undefined
  }
}

const series = (words: string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
