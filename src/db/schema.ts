// The tables, constraints and indexes carry the names Django gave them, so that this service can take over
// a database of the Django service it replaces; the TypeScript names are ours.
import { type SQL, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  smallint,
  text,
  unique,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'

/** A point in time, which statements give as RFC 3339 text in UTC with microseconds: a JavaScript Date would drop them. */
const moment = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp with time zone',
})

const bigId = () => bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity()
const smallId = () => integer().primaryKey().generatedByDefaultAsIdentity()
const publicId = () =>
  uuid()
    .notNull()
    .default(sql`uuidv7()`)
const bigRef = () => bigint({ mode: 'number' }).notNull()

export const users = pg.pgTable(
  'users',
  {
    id: bigId(),
    password: varchar({ length: 128 }).notNull(),
    lastLogin: moment(),
    isSuperuser: boolean().notNull(),
    username: varchar({ length: 150 }).notNull(),
    firstName: varchar({ length: 150 }).notNull(),
    lastName: varchar({ length: 150 }).notNull(),
    isStaff: boolean().notNull(),
    isActive: boolean().notNull(),
    dateJoined: moment().notNull(),
    publicUserId: publicId(),
    email: varchar({ length: 255 }).notNull(),
    /** Tokens issued before this moment are refused. Null: none are. */
    sessionsValidFrom: moment(),
  },
  (t) => [
    unique('users_email_key').on(t.email),
    unique('users_public_user_id_key').on(t.publicUserId),
    unique('users_username_key').on(t.username),
    index('users_email_0ea73cca_like').on(t.email.op('varchar_pattern_ops')),
    index('users_username_e8658fc8_like').on(t.username.op('varchar_pattern_ops')),
    index('users_lower_email').on(sql`lower(${t.email})`),
    index('users_lowered_email').on(lowered(t.email)),
    index('users_date_joined_id').on(t.dateJoined, t.id),
    index('users_search').using('gin', words(userWords(t))),
    index('users_folded_search').using('gin', words(folded(userWords(t)))),
    // The last of them stays: whoever leaves looks for another.
    index('users_superusers')
      .on(t.id)
      .where(sql`${t.isSuperuser}`),
    // The few among the many, in each order of the admin's list.
    index('users_staff')
      .on(t.id)
      .where(sql`${t.isStaff}`),
    index('users_inactive')
      .on(t.id)
      .where(sql`not ${t.isActive}`),
    index('users_inactive_email_id')
      .on(t.email, t.id)
      .where(sql`not ${t.isActive}`),
    index('users_inactive_date_joined_id')
      .on(t.dateJoined, t.id)
      .where(sql`not ${t.isActive}`),
  ],
)

export const cameras = pg.pgTable(
  'camera_camera',
  {
    id: bigId(),
    publicCameraId: publicId(),
    location: varchar({ length: 100 }).notNull(),
    createdAt: moment().notNull(),
    ownerId: bigRef(),
  },
  (t) => [
    unique('camera_camera_public_camera_id_key').on(t.publicCameraId),
    index('camera_camera_owner_id_00e9fd5d').on(t.ownerId),
    index('camera_camera_owner_id_id').on(t.ownerId, t.id),
    index('camera_camera_location_id').on(t.location, t.id),
    index('camera_camera_created_at_id').on(t.createdAt, t.id),
    index('camera_camera_search').using('gin', words(t.location)),
    index('camera_camera_folded_search').using('gin', words(folded(t.location))),
    belongsTo('camera_camera_owner_id_00e9fd5d_fk_users_id', t.ownerId, users.id),
  ],
)

export const rules = pg.pgTable(
  'rules_rule',
  {
    id: bigId(),
    publicRuleId: publicId(),
    rule: varchar({ length: 240 }).notNull(),
    ruleNickname: varchar({ length: 240 }).notNull(),
    isEnabled: boolean().notNull(),
    createdAt: moment().notNull(),
    cameraId: bigRef(),
    ownerId: bigRef(),
  },
  (t) => [
    unique('rules_rule_public_rule_id_key').on(t.publicRuleId),
    index('rules_rule_camera_id_b149a13f').on(t.cameraId),
    index('rules_rule_camera_id_id').on(t.cameraId, t.id),
    index('rules_rule_owner_id_7e91cf55').on(t.ownerId),
    index('rules_rule_owner_id_id').on(t.ownerId, t.id),
    index('rules_rule_rule_nickname_id').on(t.ruleNickname, t.id),
    index('rules_rule_created_at_id').on(t.createdAt, t.id),
    index('rules_rule_is_enabled_id').on(t.isEnabled, t.id),
    index('rules_rule_is_enabled_rule_nickname_id').on(t.isEnabled, t.ruleNickname, t.id),
    index('rules_rule_is_enabled_created_at_id').on(t.isEnabled, t.createdAt, t.id),
    index('rules_rule_search').using('gin', words(ruleWords(t))),
    index('rules_rule_folded_search').using('gin', words(folded(ruleWords(t)))),
    belongsTo('rules_rule_camera_id_b149a13f_fk_camera_camera_id', t.cameraId, cameras.id),
    belongsTo('rules_rule_owner_id_7e91cf55_fk_users_id', t.ownerId, users.id),
  ],
)

export const groups = pg.pgTable(
  'auth_group',
  { id: smallId(), name: varchar({ length: 150 }).notNull() },
  (t) => [
    unique('auth_group_name_key').on(t.name),
    index('auth_group_name_a6ea08ec_like').on(t.name.op('varchar_pattern_ops')),
  ],
)

/** One row for each model, as Django's contenttypes framework keeps them: permissions and log rows point here. */
export const contentTypes = pg.pgTable(
  'django_content_type',
  { id: smallId(), appLabel: varchar({ length: 100 }).notNull(), model: varchar({ length: 100 }).notNull() },
  (t) => [unique('django_content_type_app_label_model_76bd3d3b_uniq').on(t.appLabel, t.model)],
)

export const permissions = pg.pgTable(
  'auth_permission',
  {
    id: smallId(),
    name: varchar({ length: 255 }).notNull(),
    contentTypeId: integer().notNull(),
    codename: varchar({ length: 100 }).notNull(),
  },
  (t) => [
    unique('auth_permission_content_type_id_codename_01ab375a_uniq').on(t.contentTypeId, t.codename),
    index('auth_permission_content_type_id_2f476e4b').on(t.contentTypeId),
    belongsTo('auth_permission_content_type_id_2f476e4b_fk_django_co', t.contentTypeId, contentTypes.id),
  ],
)

export const groupPermissions = pg.pgTable(
  'auth_group_permissions',
  { id: bigId(), groupId: integer().notNull(), permissionId: integer().notNull() },
  (t) => [
    unique('auth_group_permissions_group_id_permission_id_0cd325b0_uniq').on(t.groupId, t.permissionId),
    index('auth_group_permissions_group_id_b120cbf9').on(t.groupId),
    index('auth_group_permissions_permission_id_84c5c92e').on(t.permissionId),
    belongsTo('auth_group_permissio_permission_id_84c5c92e_fk_auth_perm', t.permissionId, permissions.id),
    belongsTo('auth_group_permissions_group_id_b120cbf9_fk_auth_group_id', t.groupId, groups.id),
  ],
)

export const userGroups = pg.pgTable(
  'users_groups',
  { id: bigId(), userId: bigRef(), groupId: integer().notNull() },
  (t) => [
    unique('users_groups_user_id_group_id_fc7788e8_uniq').on(t.userId, t.groupId),
    index('users_groups_group_id_2f3517aa').on(t.groupId),
    index('users_groups_user_id_f500bee5').on(t.userId),
    belongsTo('users_groups_group_id_2f3517aa_fk_auth_group_id', t.groupId, groups.id),
    belongsTo('users_groups_user_id_f500bee5_fk_users_id', t.userId, users.id),
  ],
)

export const userPermissions = pg.pgTable(
  'users_user_permissions',
  { id: bigId(), userId: bigRef(), permissionId: integer().notNull() },
  (t) => [
    unique('users_user_permissions_user_id_permission_id_3b86cbdf_uniq').on(t.userId, t.permissionId),
    index('users_user_permissions_permission_id_6d08dcd2').on(t.permissionId),
    index('users_user_permissions_user_id_92473840').on(t.userId),
    belongsTo('users_user_permissio_permission_id_6d08dcd2_fk_auth_perm', t.permissionId, permissions.id),
    belongsTo('users_user_permissions_user_id_92473840_fk_users_id', t.userId, users.id),
  ],
)

/** What staff did in the admin, in Django's format: action_flag 1 added, 2 changed, 3 deleted. */
export const adminLog = pg.pgTable(
  'django_admin_log',
  {
    id: smallId(),
    actionTime: moment().notNull(),
    objectId: text(),
    objectRepr: varchar({ length: 200 }).notNull(),
    actionFlag: smallint().notNull(),
    changeMessage: text().notNull(),
    contentTypeId: integer(),
    userId: bigRef(),
  },
  (t) => [
    pg.check('django_admin_log_action_flag_check', sql`${t.actionFlag} >= 0`),
    index('django_admin_log_content_type_id_c4bce8eb').on(t.contentTypeId),
    index('django_admin_log_user_id_c564eba6').on(t.userId),
    index('django_admin_log_user_id_id').on(t.userId, t.id),
    index('django_admin_log_object').on(t.objectId, t.contentTypeId, t.id),
    belongsTo(
      'django_admin_log_content_type_id_c4bce8eb_fk_django_co',
      t.contentTypeId,
      contentTypes.id,
      'set null',
    ),
    belongsTo('django_admin_log_user_id_c564eba6_fk_users_id', t.userId, users.id),
  ],
)

/**
 * How often someone tried an account's password since when: from one network, and (with an empty network) from all of
 * them. An account is its id, or where nobody has the email a keyed hash of that; networks are keyed hashes too, so that
 * the table tells nobody's email or address.
 */
export const signInAttempts = pg.pgTable(
  'sign_in_attempts',
  {
    account: text().notNull(),
    network: text().notNull(),
    failures: integer().notNull(),
    since: moment().notNull(),
    lastSuccessAt: moment(),
  },
  (t) => [
    pg.primaryKey({ name: 'sign_in_attempts_pkey', columns: [t.account, t.network] }),
    index('sign_in_attempts_since').on(t.since),
  ],
)

/**
 * An email in lower case by Unicode's rules, as JavaScript has them: `lower` alone goes by the database's locale, and in some
 * leaves Ü as it is. Emails are compared so, on both sides; the index on them serves only this very expression. Not folded:
 * ß and ss are two addresses.
 */
export const lowered = (email: pg.AnyPgColumn | SQL) => sql`lower(${email} collate "pg_unicode_fast")`

/**
 * A text for a search in any letter case: the same in every database, whatever its locale. An index on it serves only this
 * very expression. The indexes without it are of earlier versions.
 */
export const folded = (text: pg.AnyPgColumn | SQL) => sql`casefold(${text} collate "pg_unicode_fast")`

/** What a search in the admin looks through. */
export const userWords = (t: Record<'email' | 'firstName' | 'lastName', pg.AnyPgColumn>) =>
  sql`(${t.email} || ' ' || ${t.firstName} || ' ' || ${t.lastName})`
export const ruleWords = (t: Record<'ruleNickname' | 'rule', pg.AnyPgColumn>) =>
  sql`(${t.ruleNickname} || ' ' || ${t.rule})`

/** An index for searching inside of text, from the extension pg_trgm. */
const words = (of: pg.AnyPgColumn | SQL) => sql`${of} gin_trgm_ops`

// Migration 0001 makes each of these DEFERRABLE INITIALLY DEFERRED too, which the generator cannot say.
function belongsTo(
  name: string,
  column: pg.AnyPgColumn,
  parent: pg.AnyPgColumn,
  onDelete: pg.UpdateDeleteAction = 'cascade',
) {
  return pg.foreignKey({ name, columns: [column], foreignColumns: [parent] }).onDelete(onDelete)
}
