// The tables, constraints and indexes have Django's names, so that this service can take over a database of the Django
// service it replaces. The TypeScript names are ours.
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
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'

/**
 * A point in time. Statements return it as RFC 3339 text in UTC with microseconds, which a JavaScript Date would drop.
 */
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
    /** Tokens issued before this moment are refused. Null refuses none. */
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
    // The last superuser cannot be deleted: a deletion looks for another.
    index('users_superusers')
      .on(t.id)
      .where(sql`${t.isSuperuser}`),
    // The few staff among many users, in each order of the admin's list.
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
    /** An IANA time zone, like Europe/Berlin. Null: the owner's. */
    timeZone: text(),
    /** Whether its pictures are judged. */
    isArmed: boolean().notNull().default(true),
    snoozedUntil: moment(),
    previewUpdatedAt: moment(),
    lastSeenAt: moment(),
    /** Whether it has ever sent a heartbeat or a poll. Otherwise its silence means nothing. */
    beats: boolean().notNull().default(false),
    toldOfflineAt: moment(),
    /** The public id of its last notification, and the time that began it. */
    lastNotificationId: uuid(),
    lastNotifiedAt: moment(),
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
    /** The seconds of silence after an alert. */
    cooldownInSeconds: integer().notNull().default(300),
    snoozedUntil: moment(),
    /** `normal`, `time_sensitive` or `passive`. */
    importance: text().notNull().default('normal'),
    /** When the last matching picture was taken. */
    lastTriggered: moment(),
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

/** One row per model, as in Django's contenttypes framework: permissions and log rows refer to it. */
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

/** The changes of staff in the admin, in Django's format: action_flag 1 added, 2 changed, 3 deleted. */
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
 * Failed tries of an account's password: per network, and (with an empty network) from all networks. `account` is an id, or a
 * keyed hash of an email that nobody has. Networks are keyed hashes too, so that the table reveals no email and no address.
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
 * A camera's own identity. Staff provisioned a device with a `device_id`, and its claim token is on a sticker; its owner
 * paired one without. Its secrets are stored as SHA-256.
 */
export const devices = pg.pgTable(
  'devices',
  {
    id: bigId(),
    publicDeviceId: publicId(),
    /** The serial number, 16 characters. */
    deviceId: text(),
    /**
     * The id in its tokens while it is unclaimed; no camera ever gets this id. A claimed device uses its camera's id.
     */
    publicCameraId: publicId(),
    cameraId: bigint({ mode: 'number' }),
    claimTokenHash: text(),
    deviceTokenHash: text(),
    /** When the device token was first used. Null: not yet, so a lost answer can still be requested again. */
    deviceTokenUsedAt: moment(),
    createdAt: moment().notNull(),
    provisionedAt: moment(),
    registeredAt: moment(),
    claimedAt: moment(),
    revokedAt: moment(),
    model: text(),
    version: text(),
  },
  (t) => [
    unique('devices_public_device_id_key').on(t.publicDeviceId),
    unique('devices_device_id_key').on(t.deviceId),
    unique('devices_public_camera_id_key').on(t.publicCameraId),
    unique('devices_camera_id_key').on(t.cameraId),
    unique('devices_device_token_hash_key').on(t.deviceTokenHash),
    index('devices_created_at_id').on(t.createdAt, t.id),
    index('devices_folded_search').using('gin', words(folded(deviceWords(t)))),
    belongsTo('devices_camera_id_fk', t.cameraId, cameras.id, 'set null'),
  ],
)

/** A code that makes a self-built camera its owner's, once. Codes and nonces are stored as keyed hashes. */
export const pairings = pg.pgTable(
  'pairings',
  {
    id: bigId(),
    codeHash: text().notNull(),
    /** The nonce of the client that used the code: the same client may retry after a lost answer. */
    nonceHash: text(),
    ownerId: bigRef(),
    location: varchar({ length: 100 }).notNull(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    usedAt: moment(),
    /** The device that the code created. */
    deviceId: bigint({ mode: 'number' }),
  },
  (t) => [
    unique('pairings_code_hash_key').on(t.codeHash),
    index('pairings_owner_id_id').on(t.ownerId, t.id),
    index('pairings_device_id').on(t.deviceId),
    index('pairings_expires_at').on(t.expiresAt),
    belongsTo('pairings_owner_id_fk', t.ownerId, users.id),
    belongsTo('pairings_device_id_fk', t.deviceId, devices.id, 'set null'),
  ],
)

/** A phone or a browser that stays signed in. Its secret is stored as SHA-256. An ended session has no row. */
export const sessions = pg.pgTable(
  'sessions',
  {
    id: bigId(),
    publicSessionId: publicId(),
    userId: bigRef(),
    secretHash: text().notNull(),
    name: varchar({ length: 100 }).notNull(),
    createdAt: moment().notNull(),
    lastUsedAt: moment().notNull(),
    /**
     * The account's `sessions_valid_from` when the session began, the epoch if it was null, or the time at which the session
     * itself changed the password. If the account's is later, another session changed the password.
     */
    validFrom: moment().notNull(),
  },
  (t) => [
    unique('sessions_public_session_id_key').on(t.publicSessionId),
    unique('sessions_secret_hash_key').on(t.secretHash),
    index('sessions_user_id_id').on(t.userId, t.id),
    index('sessions_last_used_at_id').on(t.lastUsedAt, t.id),
    index('sessions_created_at_id').on(t.createdAt, t.id),
    belongsTo('sessions_user_id_fk', t.userId, users.id),
  ],
)

/** A mail whose link sets a new password, once. Its token is stored as SHA-256. */
export const passwordResets = pg.pgTable(
  'password_resets',
  {
    id: bigId(),
    userId: bigRef(),
    tokenHash: text().notNull(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    /** When the token was used, or invalidated by another change of the password or the email. */
    usedAt: moment(),
  },
  (t) => [
    unique('password_resets_token_hash_key').on(t.tokenHash),
    index('password_resets_user_id').on(t.userId),
    index('password_resets_expires_at').on(t.expiresAt),
    belongsTo('password_resets_user_id_fk', t.userId, users.id),
  ],
)

/**
 * A picture in the bucket, and its state. This row is the truth; a queue message only wakes the consumer. It outlives its
 * camera and its owner, so it names them without foreign keys. events/life.ts describes the states.
 */
export const events = pg.pgTable(
  'events',
  {
    id: bigId(),
    publicEventId: publicId(),
    bucket: text().notNull(),
    objectKey: text().notNull(),
    /** The ETag of the object; null until the bucket reports it. */
    etag: text(),
    /**
     * The public ids of its owner and its camera. The camera is null for an upload without one, of an account with several.
     */
    owner: uuid().notNull(),
    camera: uuid(),
    capturedAt: moment().notNull(),
    receivedAt: moment().notNull(),
    state: text().notNull().default('received'),
    attempts: integer().notNull().default(0),
    /** The lease of the attempt that works on it: only its holder may end the attempt. */
    lease: uuid(),
    /** When it is due. Null: it is done, or only its clip has arrived. */
    dueAt: moment(),
    /** The camera's own detections: `{label, score, box}`. */
    labels: pg.jsonb().notNull().default([]),
    caption: text(),
    /** The host and the model that judged it or were asked last. */
    judge: text(),
    judgedAt: moment(),
    judgeInMs: integer(),
    tokensIn: integer(),
    tokensOut: integer(),
    clipKey: text(),
    clipAt: moment(),
    /** Why the last attempt failed: a word, see `Failure` in events/life.ts, never a message. */
    failure: text(),
  },
  (t) => [
    unique('events_public_event_id_key').on(t.publicEventId),
    unique('events_bucket_object_key_key').on(t.bucket, t.objectKey),
    index('events_due_at')
      .on(t.dueAt, t.id)
      .where(sql`${t.dueAt} is not null`),
    index('events_owner').on(t.owner, t.publicEventId),
    index('events_camera').on(t.camera, t.publicEventId),
    index('events_received_at').on(t.receivedAt, t.id),
    index('events_failed')
      .on(t.receivedAt, t.id)
      .where(sql`${t.state} = 'failed'`),
    index('events_discarded')
      .on(t.receivedAt, t.id)
      .where(sql`${t.state} = 'discarded'`),
    index('events_clip_at')
      .on(t.clipAt, t.id)
      .where(sql`${t.clipAt} is not null`),
    pg.check('events_state', sql`${t.state} in ('received', 'judging', 'done', 'failed', 'discarded')`),
    pg.check('events_lease', sql`(${t.state} = 'judging') = (${t.lease} is not null)`),
    pg.check('events_due', sql`${t.state} in ('received', 'judging') or ${t.dueAt} is null`),
  ],
)

/** The verdict of one rule on a picture, with the rule as it was then, or why the rule was skipped. */
export const verdicts = pg.pgTable(
  'verdicts',
  {
    /** The public ids of the event and of the rule, which may have been deleted. */
    event: uuid().notNull(),
    rule: uuid().notNull(),
    ruleText: text().notNull(),
    ruleNickname: text().notNull(),
    /** `yes`, `no` or `unsure`; null if the judge was not asked. */
    verdict: text(),
    /**
     * Why the rule was skipped, or did not notify in spite of a yes: `disabled`, `not_armed`, `snoozed`, `hours`,
     * `cooling_down` or `too_many`.
     */
    skipped: text(),
    evidence: text().notNull().default(''),
    /** The owner's feedback on the verdict: `right` or `wrong`. */
    feedback: text(),
    feedbackAt: moment(),
  },
  (t) => [
    pg.primaryKey({ name: 'verdicts_pkey', columns: [t.event, t.rule] }),
    index('verdicts_rule').on(t.rule, t.event),
    index('verdicts_rule_feedback_at')
      .on(t.rule, t.feedbackAt)
      .where(sql`${t.feedback} is not null`),
    pg.check('verdicts_verdict', sql`${t.verdict} is not null or ${t.skipped} is not null`),
  ],
)

/**
 * The number of pictures taken up for judging: per camera and hour, per account and day, and in all per day, under an id of
 * zeros. In UTC.
 */
export const usage = pg.pgTable(
  'usage',
  {
    /** A public id. */
    subject: uuid().notNull(),
    /** The beginning of the hour or day. */
    since: moment().notNull(),
    judged: integer().notNull().default(0),
    /** The number of them used to try a rule. */
    tried: integer().notNull().default(0),
    /** Whether its owner was notified that the limit is reached. */
    isTold: boolean().notNull().default(false),
  },
  (t) => [
    pg.primaryKey({ name: 'usage_pkey', columns: [t.subject, t.since] }),
    index('usage_since').on(t.since),
  ],
)

/** The scheduled jobs, and when each last ran. */
export const sweeps = pg.pgTable('sweeps', {
  name: text().primaryKey(),
  lastRunAt: moment().notNull(),
  /** When the job resumed after a pause, during which no camera can have been heard. */
  resumedAt: moment(),
})

/** The notification settings of an account. Without a row, the columns' defaults apply. */
export const notificationSettings = pg.pgTable(
  'notification_settings',
  {
    userId: bigint({ mode: 'number' }).primaryKey(),
    timeZone: text(),
    /** `HH:MM`; both or neither. */
    quietFrom: text(),
    quietTo: text(),
    snoozedUntil: moment(),
    tellsUnjudged: boolean().notNull().default(true),
    tellsOffline: boolean().notNull().default(true),
  },
  (t) => [belongsTo('notification_settings_user_id_fk', t.userId, users.id)],
)

/** A notification, sent or held back. It outlives its camera and its owner, so it names them without foreign keys. */
export const notifications = pg.pgTable(
  'notifications',
  {
    id: bigId(),
    publicNotificationId: publicId(),
    /** The public ids of its owner, of its camera and of the event of its newest picture. */
    owner: uuid().notNull(),
    camera: uuid(),
    event: uuid(),
    /** `match`, `unjudged`, `offline`, `online`, `text` or `limited`. */
    kind: text().notNull(),
    /** The public ids of the rules that matched and, in the same order, their nicknames at that time. */
    ruleIds: uuid().array().notNull(),
    ruleNicknames: text().array().notNull(),
    title: text().notNull(),
    body: text().notNull(),
    /** All its events, in the order in which they were added. */
    eventIds: uuid().array().notNull().default([]),
    /** The number of its pictures. */
    count: integer().notNull().default(1),
    /** The highest importance of its rules. */
    importance: text().notNull().default('normal'),
    /** When its newest picture was taken. */
    capturedAt: moment(),
    imageKey: text(),
    clipKey: text(),
    createdAt: moment().notNull(),
    seenAt: moment(),
    clearedAt: moment(),
  },
  (t) => [
    unique('notifications_public_notification_id_key').on(t.publicNotificationId),
    index('notifications_owner').on(t.owner, t.publicNotificationId),
    index('notifications_camera').on(t.camera, t.publicNotificationId),
    index('notifications_event').on(t.event),
    index('notifications_created_at').on(t.createdAt),
  ],
)

/**
 * A place where an account is notified: `web_push`, `apns`, `webhook` or `ntfy`. A phone's address belongs to the account
 * that registered it last.
 */
export const pushTargets = pg.pgTable(
  'push_targets',
  {
    id: bigId(),
    publicTargetId: publicId(),
    ownerId: bigRef(),
    /** The session with which it ends. */
    sessionId: bigint({ mode: 'number' }),
    kind: text().notNull(),
    address: text().notNull(),
    /** What a push to it also needs: keys, a secret, an environment and a topic. */
    keys: pg.jsonb().notNull().default({}),
    name: text().notNull().default(''),
    createdAt: moment().notNull(),
    /** When the phone last registered. */
    seenAt: moment().notNull(),
    lastSentAt: moment(),
    failures: integer().notNull().default(0),
  },
  (t) => [
    unique('push_targets_public_target_id_key').on(t.publicTargetId),
    uniqueIndex('push_targets_address_key')
      .on(t.kind, t.address)
      .where(sql`${t.kind} in ('web_push', 'apns')`),
    uniqueIndex('push_targets_owner_id_address_key')
      .on(t.ownerId, t.kind, t.address)
      .where(sql`${t.kind} not in ('web_push', 'apns')`),
    index('push_targets_owner_id_id').on(t.ownerId, t.id),
    index('push_targets_session_id').on(t.sessionId),
    belongsTo('push_targets_owner_id_fk', t.ownerId, users.id),
    belongsTo('push_targets_session_id_fk', t.sessionId, sessions.id),
  ],
)

/** The pushes of a notification: a row for each target. `due_at` is when to send it, or when its lease ends. */
export const deliveries = pg.pgTable(
  'deliveries',
  {
    id: bigId(),
    /** Public ids. */
    notification: uuid().notNull(),
    target: uuid().notNull(),
    owner: uuid().notNull(),
    /** The kind of its target, which may have been deleted. */
    kind: text().notNull(),
    state: text().notNull(),
    attempts: integer().notNull().default(0),
    lease: uuid(),
    dueAt: moment(),
    /** The outcome of the last attempt, and its HTTP status. */
    reason: text(),
    status: integer(),
    createdAt: moment().notNull(),
    settledAt: moment(),
  },
  (t) => [
    unique('deliveries_notification_target_key').on(t.notification, t.target),
    index('deliveries_due_at')
      .on(t.dueAt, t.id)
      .where(sql`${t.dueAt} is not null`),
    index('deliveries_created_at').on(t.createdAt),
    pg.check(
      'deliveries_state',
      sql`${t.state} in ('waiting', 'sending', 'sent', 'gone', 'refused', 'failed', 'held')`,
    ),
    pg.check('deliveries_lease', sql`(${t.state} = 'sending') = (${t.lease} is not null)`),
    pg.check('deliveries_due', sql`(${t.state} in ('waiting', 'sending')) = (${t.dueAt} is not null)`),
  ],
)

/**
 * Objects to erase from the bucket: all keys with this prefix, or those that `FOLDERS_OF_ACCOUNTS` stands for. Every deletion writes a row, which stays until the erasure is
 * done.
 */
export const erasures = pg.pgTable(
  'erasures',
  { id: bigId(), prefix: text().notNull(), dueAt: moment().notNull(), doneAt: moment() },
  (t) => [
    index('erasures_due_at')
      .on(t.dueAt)
      .where(sql`${t.doneAt} is null`),
  ],
)

/**
 * An email in lower case by Unicode's rules, like JavaScript: plain `lower` follows the database's locale, and some locales
 * leave Ü unchanged. Both sides of a comparison use it; an index serves only this very expression. No case folding: ß and ss
 * are two addresses.
 */
export const lowered = (email: pg.AnyPgColumn | SQL) => sql`lower(${email} collate "pg_unicode_fast")`

/**
 * A text for a case-insensitive search: the same in every database, whatever its locale. An index serves only this very
 * expression. The indexes without it are from earlier versions.
 */
export const folded = (text: pg.AnyPgColumn | SQL) => sql`casefold(${text} collate "pg_unicode_fast")`

/** The text that a search in the admin looks through. */
export const userWords = (t: Record<'email' | 'firstName' | 'lastName', pg.AnyPgColumn>) =>
  sql`(${t.email} || ' ' || ${t.firstName} || ' ' || ${t.lastName})`
export const ruleWords = (t: Record<'ruleNickname' | 'rule', pg.AnyPgColumn>) =>
  sql`(${t.ruleNickname} || ' ' || ${t.rule})`
export const deviceWords = (t: Record<'deviceId' | 'model', pg.AnyPgColumn>) =>
  sql`(coalesce(${t.deviceId}, '') || ' ' || coalesce(${t.model}, ''))`

/** An index for substring search, from the extension pg_trgm. */
const words = (of: pg.AnyPgColumn | SQL) => sql`${of} gin_trgm_ops`

// Migration 0001 also makes those of Django's tables DEFERRABLE INITIALLY DEFERRED, which the generator cannot express.
function belongsTo(
  name: string,
  column: pg.AnyPgColumn,
  parent: pg.AnyPgColumn,
  onDelete: pg.UpdateDeleteAction = 'cascade',
) {
  return pg.foreignKey({ name, columns: [column], foreignColumns: [parent] }).onDelete(onDelete)
}
