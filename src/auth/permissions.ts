import { type SQL, sql } from 'drizzle-orm'
import { contentTypes, groupPermissions, permissions, userGroups, userPermissions } from '../db/schema.ts'

/** The permissions of an account, its own and those of its groups: rows `id, name`, as in `camera.view_camera`. */
export const permissionsOf = (account: SQL) => sql`
  select ${permissions.id}, app_label || '.' || codename as name
  from ${permissions} join ${contentTypes} on ${contentTypes.id} = content_type_id
  where ${permissions.id} in (
    select permission_id from ${userPermissions} where user_id in (${account})
    union all
    select permission_id from ${groupPermissions} join ${userGroups} using (group_id) where user_id in (${account})
  )`

/** Whether the viewer sees everybody's rows of a model: a superuser does, and staff who hold its permission to view. */
export const seesAll = (permission: string) => sql`
  coalesce((select is_superuser or is_staff and exists (
    select from (${permissionsOf(sql`select id from viewer`)}) as granted where name = ${permission}) from viewer), false)`
