import { type SQL, sql } from 'drizzle-orm'
import { many, text } from '../admin/fields.ts'
import { defineModel, relationship } from '../admin/model.ts'
import { groupPermissions, groups, userGroups, users } from '../db/schema.ts'
import { permissionChoices, permissionLabel } from './permission.ts'

const givenTo = (group: SQL) => sql`(select permission_id from ${groupPermissions} where group_id = ${group})`

export const groupAdmin = defineModel(groups, {
  app: { label: 'auth', title: 'Authentication and Authorization' },
  name: 'group',
  title: 'group',
  plural: 'groups',
  describe: sql`${groups.name}`,
  columns: [{ title: 'Group', shows: groups.name, sort: groups.name }],
  search: { of: groups.name, title: 'Search by name' },
  sections: [
    {
      fields: {
        name: text(groups.name, {
          label: 'Name',
          unique: {
            where: (typed) => sql`${groups.name} = ${typed}`,
            words: 'Group with this Name already exists.',
          },
        }),
        permissions: many({
          label: 'Permissions',
          plural: 'permissions',
          through: groupPermissions,
          mine: groupPermissions.groupId,
          theirs: groupPermissions.permissionId,
          choices: permissionChoices,
          // Staff who could grant more than they have could grant it to themselves.
          refused: {
            where: (group, chosen) => sql`(select is_superuser from staff) is not true and exists (
              select from (
                (${givenTo(group)} except select unnest(${chosen}))
                union all (select unnest(${chosen}) except ${givenTo(group)})
              ) as changed (id) where id not in (select id from granted))`,
            words: 'You can only give and take permissions that you have yourself.',
          },
        }),
      },
    },
  ],
  onlySuperusersDelete: sql`exists (select from ${userGroups} where group_id = ${groups.id})`,
  related: [
    relationship(
      'group-permission relationship',
      groupPermissions,
      groupPermissions.groupId,
      permissionLabel(groupPermissions.permissionId),
    ),
    relationship(
      'user-group relationship',
      userGroups,
      userGroups.groupId,
      sql`(select email from ${users} where ${users.id} = ${userGroups.userId})`,
    ),
  ],
})
