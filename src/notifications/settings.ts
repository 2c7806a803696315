import { type SQL, sql } from 'drizzle-orm'
import { type Viewer, viewerAdds, viewerReads } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { notificationSettings } from '../db/schema.ts'
import { columnsOf, given, named, oneOf, type Row } from '../db/statement.ts'

/** The notification settings of an account. */
export type NotificationSettings = Omit<Row<typeof notificationSettings>, 'userId'>
export type SettingsChange = {
  time_zone?: string | null | undefined
  quiet_from?: string | null | undefined
  quiet_to?: string | null | undefined
  snoozed_until?: string | null | undefined
  tells_unjudged?: boolean | undefined
  tells_offline?: boolean | undefined
}
const CHANGES = {
  time_zone: 'text',
  quiet_from: 'text',
  quiet_to: 'text',
  snoozed_until: 'timestamptz',
  tells_unjudged: 'boolean',
  tells_offline: 'boolean',
}
const NAMES = Object.keys(CHANGES)
const UNSET: NotificationSettings = {
  timeZone: null,
  quietFrom: null,
  quietTo: null,
  snoozedUntil: null,
  tellsUnjudged: true,
  tellsOffline: true,
}

const theSettings = (of: SQL) =>
  oneOf<NotificationSettings>(sql`select ${columnsOf(notificationSettings, Object.keys(UNSET))} from ${of}`)

const finding = viewerReads(() => ({
  answers: {
    settings: theSettings(sql`${notificationSettings} where user_id = (select id from viewer)`),
  },
}))

export const findSettings = async (db: Db, viewer: Viewer) => (await finding(db, viewer)).settings ?? UNSET

const comma = sql`, `
const columns = sql.join(NAMES.map(sql.identifier), comma)
const isNamed = (name: string) => sql`${name}::text = any(${given('named', 'text[]')})`

const changing = viewerAdds(() => ({
  steps: {
    changed: sql`
      insert into ${notificationSettings} as settings (user_id, ${columns})
      select id, ${sql.join(
        Object.entries(CHANGES).map(([name, type]) =>
          type === 'boolean' ? sql`coalesce(${given(name, type)}, true)` : given(name, type),
        ),
        comma,
      )} from viewer
      on conflict (user_id) do update set ${sql.join(
        NAMES.map((name) => {
          const column = sql.identifier(name)
          return sql`${column} = case when ${isNamed(name)} then excluded.${column} else settings.${column} end`
        }),
        comma,
      )}
      returning *`,
  },
  answers: { settings: theSettings(sql`changed`) },
}))

/** Changes the named settings, and returns all of them. */
export async function changeSettings(db: Db, viewer: Viewer, change: SettingsChange) {
  const { settings } = await changing(db, viewer, named(CHANGES, change))
  return settings!
}
