import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { contentTypes, permissions } from '../db/schema.ts'

const label = sql`app_label || ' | ' || replace(model, 'logentry', 'log entry') || ' | ' || name`

/** Every permission, labelled as in Django's own choice. */
export const permissionChoices = sql`
  select ${permissions.id}::text as id, ${label} as label
  from ${permissions} join ${contentTypes} on ${contentTypes.id} = content_type_id
  order by app_label, model, codename`

/** The label of a permission, by its id. */
export const permissionLabel = (id: AnyPgColumn) => sql`(
  select ${label} from ${permissions} join ${contentTypes} on ${contentTypes.id} = content_type_id
  where ${permissions.id} = ${id})`
