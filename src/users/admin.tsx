import { sql } from 'drizzle-orm'
import { flag, many, newPassword, shown, text } from '../admin/fields.ts'
import { defineModel, relationship } from '../admin/model.ts'
import { endedResets } from '../auth/sessions.ts'
import {
  adminLog,
  cameras,
  groups,
  pushTargets,
  rules,
  sessions,
  userGroups,
  userPermissions,
  users,
  userWords,
} from '../db/schema.ts'
import { eraseUsers } from '../db/erasures.ts'
import { eraseBeside } from '../storage/erasing.ts'
import { isEmail } from '../http/fields.ts'
import { permissionChoices, permissionLabel } from '../groups/permission.ts'
import { isEmailOf } from './owner.ts'
import { EMAIL_TAKEN } from './registration.ts'
import { handBackRules } from './user.ts'

// Staff who could set the password of other staff, or change their email, would gain their permissions.
const isOtherStaff = sql`((select is_superuser from staff) is not true and ${users.isStaff} and ${users.id} <> (select id from staff))`

const email = text(users.email, {
  label: 'Email',
  type: 'email',
  max: 150,
  normalize: (typed) => typed.toLowerCase(),
  fault: (typed) => (isEmail(typed) ? null : 'Enter a valid email address.'),
  also: [users.username],
  lockedWhere: isOtherStaff,
  unique: {
    where: (typed) => sql`(${isEmailOf(typed)} or ${users.username} = ${typed})`,
    words: EMAIL_TAKEN,
  },
})
const firstName = text(users.firstName, { label: 'First name', isRequired: false })
const lastName = text(users.lastName, { label: 'Last name', isRequired: false })
const password = newPassword(users.password, {
  label: 'Password',
  lockedWhere: isOtherStaff,
  endsSessions: users.sessionsValidFrom,
  resembles: { email: users.email, first_name: users.firstName, last_name: users.lastName },
})

export const userAdmin = defineModel(users, {
  app: { label: 'users', title: 'Users' },
  name: 'user',
  title: 'user',
  plural: 'users',
  describe: sql`${users.email}`,
  publicId: users.publicUserId,
  columns: [
    { title: 'Email', shows: users.email, sort: users.email },
    { title: 'First name', shows: users.firstName },
    { title: 'Last name', shows: users.lastName },
    { title: 'Active', shows: users.isActive, as: 'flag' },
    { title: 'Staff status', shows: users.isStaff, as: 'flag' },
    { title: 'Date joined', shows: users.dateJoined, as: 'moment', sort: users.dateJoined },
  ],
  search: { of: userWords(users), title: 'Search by email and name' },
  filters: [
    { kind: 'flag', parameter: 'is_staff__exact', title: 'staff status', column: users.isStaff },
    { kind: 'flag', parameter: 'is_superuser__exact', title: 'superuser status', column: users.isSuperuser },
    { kind: 'flag', parameter: 'is_active__exact', title: 'active', column: users.isActive },
    { kind: 'date', parameter: 'date_joined', title: 'date joined', column: users.dateJoined },
  ],
  sections: [
    { fields: { email, first_name: firstName, last_name: lastName } },
    {
      title: 'Permissions',
      fields: {
        is_active: flag(users.isActive, {
          label: 'Active',
          help: 'Designates whether this user should be treated as active. Unselect this instead of deleting accounts.',
          lockedWhere: isOtherStaff,
        }),
        is_staff: flag(users.isStaff, {
          label: 'Staff status',
          help: 'Designates whether the user can log into this admin site.',
          onlySuperusers: true,
        }),
        is_superuser: flag(users.isSuperuser, {
          label: 'Superuser status',
          help: 'Designates that this user has all permissions without explicitly assigning them.',
          onlySuperusers: true,
        }),
        groups: many({
          label: 'Groups',
          plural: 'groups',
          help: 'A user gets all permissions granted to each of their groups.',
          onlySuperusers: true,
          through: userGroups,
          mine: userGroups.userId,
          theirs: userGroups.groupId,
          choices: sql`select ${groups.id}::text as id, ${groups.name} as label from ${groups} order by ${groups.name}`,
        }),
        user_permissions: many({
          label: 'User permissions',
          plural: 'user permissions',
          help: 'Specific permissions for this user.',
          onlySuperusers: true,
          through: userPermissions,
          mine: userPermissions.userId,
          theirs: userPermissions.permissionId,
          choices: permissionChoices,
        }),
      },
    },
    {
      title: 'Important dates',
      fields: {
        last_login: shown({ label: 'Last login', shows: users.lastLogin, as: 'moment' }),
        date_joined: shown({ label: 'Date joined', shows: users.dateJoined, as: 'moment' }),
        public_user_id: shown({ label: 'Public user id', shows: users.publicUserId }),
      },
    },
  ],
  addSections: [
    {
      help: 'First, enter an email and password. After this is saved, you can edit more user options.',
      fields: { email, first_name: firstName, last_name: lastName, password },
    },
  ],
  pages: {
    password: {
      title: 'Change password',
      link: 'Set password',
      done: 'Password changed successfully.',
      section: {
        help: 'The user’s sessions end: they sign in again with the new password.',
        fields: { password },
      },
    },
  },
  initial: {
    isActive: sql`true`,
    isStaff: sql`false`,
    isSuperuser: sql`false`,
    dateJoined: sql`now()`,
  },
  related: [
    {
      model: 'camera.camera',
      ids: (deleted) => sql`select id from ${cameras} where owner_id in (${deleted})`,
    },
    {
      model: 'rules.rule',
      ids: (deleted) => sql`
        select ${rules.id} from ${rules} join ${cameras} on ${cameras.id} = camera_id where ${cameras.ownerId} in (${deleted})`,
    },
    {
      named: { title: 'session', plural: 'sessions', table: sessions, describe: sql`${sessions.name}` },
      ids: (deleted) => sql`select id from ${sessions} where user_id in (${deleted})`,
    },
    {
      named: {
        title: 'push target',
        plural: 'push targets',
        table: pushTargets,
        describe: sql`${pushTargets.kind} || coalesce(' ' || nullif(${pushTargets.name}, ''), '')`,
      },
      ids: (deleted) => sql`select id from ${pushTargets} where owner_id in (${deleted})`,
    },
    relationship(
      'user-group relationship',
      userGroups,
      userGroups.userId,
      sql`(select name from ${groups} where ${groups.id} = ${userGroups.groupId})`,
    ),
    relationship(
      'user-permission relationship',
      userPermissions,
      userPermissions.userId,
      permissionLabel(userPermissions.permissionId),
    ),
    {
      named: {
        title: 'log entry',
        plural: 'log entries',
        table: adminLog,
        describe: sql`${adminLog.objectRepr}`,
      },
      ids: (deleted) => sql`select id from ${adminLog} where user_id in (${deleted})`,
    },
  ],
  // A mail to the earlier address must not set a password any more.
  follows: { columns: [], as: endedResets(sql`select id from done`) },
  beforeRemoval: (deleted) => ({ handedBack: handBackRules(deleted), ...eraseUsers(deleted) }),
  afterRemoval: eraseBeside,
  alsoLost: 'All pictures of their cameras are erased, too.',
  onlySuperusers: sql`${users.isSuperuser}`,
  onlySuperusersDelete: sql`${users.isStaff}`,
  keepsOne: {
    where: (value) =>
      sql`${value(users.isSuperuser)} and ${value(users.isActive)} and ${value(users.isStaff)}`,
    words: 'The last active superuser cannot be removed, demoted or deactivated.',
  },
})
