import { type SQL, sql } from 'drizzle-orm'
import { contentTypes, groupPermissions, permissions, userGroups, userPermissions } from '../db/schema.ts'

/**
 * The ids of an account's permissions, its own and those of its groups. Arrays, because Postgres plans them faster than
 * joins.
 */
const idsOf = (account: SQL) => sql`
  select permission_id from ${userPermissions} where user_id = ${account}
  union all
  select permission_id from ${groupPermissions}
  where group_id = any (array(select group_id from ${userGroups} where user_id = ${account}))`

/** The permissions of an account, its own and those of its groups: rows `id, name`, like `camera.view_camera`. */
export const permissionsOf = (account: SQL) => sql`
  select ${permissions.id}, app_label || '.' || codename as name
  from ${permissions} join ${contentTypes} on ${contentTypes.id} = content_type_id
  where ${permissions.id} in (${idsOf(account)})`

/**
 * A step that says whether the viewer sees everyone's rows of a model, as `sees_all`, and their `id`. Superusers do, and
 * staff with the permission to view the model, like `camera.view_camera`.
 */
export function reachOf(permission: string) {
  const [app, codename] = permission.split('.')
  return sql`
    select id, coalesce(is_superuser or is_staff and (
      select ${permissions.id} from ${permissions} join ${contentTypes} on ${contentTypes.id} = content_type_id
      where app_label = ${app} and codename = ${codename}
    ) in (${idsOf(sql`viewer.id`)}), false) as sees_all
    from viewer`
}
