-- What the Django service writes, as Django logged it while it ran on a database restored from full.sql: one statement
-- a line, without what it reads in between. Ids are those that its sequences give on such a database.
-- a registration
INSERT INTO "users" ("password", "last_login", "is_superuser", "username", "first_name", "last_name", "is_staff", "is_active", "date_joined", "public_user_id", "email") VALUES ('pbkdf2_sha256$600000$kF6ZRwQUG9pK2pcYIPJGhN$IBIcACXYUGYQMLQ1bijUszB22FXFVPRVcIO8J/OwpHk=', NULL, false, 'dora@example.com', 'Dora', 'Éxample', false, true, '2026-11-23T01:27:37.562686+00:00'::timestamptz, '83b751a1-6ba5-44a4-8045-68aa1f7d4569'::uuid, 'dora@example.com') RETURNING "users"."id";
-- a token
-- cameras and rules
INSERT INTO "camera_camera" ("public_camera_id", "location", "created_at", "owner_id") VALUES ('25d76a9c-1d08-4368-96a4-c659613d1263'::uuid, 'Hallway', '2026-11-23T01:27:38.031058+00:00'::timestamptz, 5) RETURNING "camera_camera"."id";
INSERT INTO "camera_camera" ("public_camera_id", "location", "created_at", "owner_id") VALUES ('d08a70b0-8d92-4306-8734-9e256375359b'::uuid, 'Shed', '2026-11-23T01:27:38.035039+00:00'::timestamptz, 5) RETURNING "camera_camera"."id";
INSERT INTO "rules_rule" ("public_rule_id", "rule", "rule_nickname", "is_enabled", "created_at", "camera_id", "owner_id") VALUES ('cc8f7f8d-ed17-4c14-886d-e03b9f34c19a'::uuid, 'Alert when it''s dark', 'Dark', true, '2026-11-23T01:27:38.049672+00:00'::timestamptz, 6, 5) RETURNING "rules_rule"."id";
INSERT INTO "rules_rule" ("public_rule_id", "rule", "rule_nickname", "is_enabled", "created_at", "camera_id", "owner_id") VALUES ('f9ba41f6-e1ca-4d7d-b9e0-ccc2426d22ed'::uuid, 'Alert at noon', 'Noon', false, '2026-11-23T01:27:38.053461+00:00'::timestamptz, 6, 5) RETURNING "rules_rule"."id";
INSERT INTO "rules_rule" ("public_rule_id", "rule", "rule_nickname", "is_enabled", "created_at", "camera_id", "owner_id") VALUES ('2e9c2f89-0373-419b-a994-7c37a8b404d8'::uuid, 'xxxx', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy', true, '2026-11-23T01:27:38.057478+00:00'::timestamptz, 7, 5) RETURNING "rules_rule"."id";
UPDATE "camera_camera" SET "public_camera_id" = '25d76a9c-1d08-4368-96a4-c659613d1263'::uuid, "location" = 'Hall', "created_at" = '2026-11-23T01:27:38.031058+00:00'::timestamptz, "owner_id" = 5 WHERE "camera_camera"."id" = 6;
UPDATE "rules_rule" SET "public_rule_id" = 'cc8f7f8d-ed17-4c14-886d-e03b9f34c19a'::uuid, "rule" = 'Alert when it''s dark', "rule_nickname" = 'Dark', "is_enabled" = false, "created_at" = '2026-11-23T01:27:38.049672+00:00'::timestamptz, "camera_id" = 6, "owner_id" = 5 WHERE "rules_rule"."id" = 7;
-- one rule deleted, then a camera with its rules
DELETE FROM "rules_rule" WHERE "rules_rule"."id" IN (8);
BEGIN;
DELETE FROM "rules_rule" WHERE "rules_rule"."camera_id" IN (6);
DELETE FROM "camera_camera" WHERE "camera_camera"."id" IN (6);
COMMIT;
-- a changed profile and password
UPDATE "users" SET "password" = 'pbkdf2_sha256$600000$u651KuQmFODxhyfRTiy7fZ$I5f14QPzeN6bjqa5ZlnBxUGpr3IBADZA9Ns2BGKJf+4=', "last_login" = NULL, "is_superuser" = false, "username" = 'dora@example.com', "first_name" = 'Theodora', "last_name" = 'Éxample', "is_staff" = false, "is_active" = true, "date_joined" = '2026-11-23T01:27:37.562686+00:00'::timestamptz, "public_user_id" = '83b751a1-6ba5-44a4-8045-68aa1f7d4569'::uuid, "email" = 'dora@example.com' WHERE "users"."id" = 5;
-- the admin: a sign-in
BEGIN;
INSERT INTO "django_session" ("session_key", "session_data", "expire_date") VALUES ('jwxch1pfvdmktq6hbr7fqpy9f5grs057', 'e30:1xVIqI:T-3wPWjNyl-hZCO3eXeIOwGdHG6uNwVgbPAEtlNVi40', '2026-12-07T01:27:38.445600+00:00'::timestamptz);
COMMIT;
BEGIN;
INSERT INTO "django_session" ("session_key", "session_data", "expire_date") VALUES ('scpwn6yv3ifs22db8yqwaa2x1p6zm422', 'e30:1xVIqI:T-3wPWjNyl-hZCO3eXeIOwGdHG6uNwVgbPAEtlNVi40', '2026-12-07T01:27:38.461301+00:00'::timestamptz);
COMMIT;
DELETE FROM "django_session" WHERE "django_session"."session_key" IN ('jwxch1pfvdmktq6hbr7fqpy9f5grs057');
UPDATE "users" SET "last_login" = '2026-11-23T01:27:38.469227+00:00'::timestamptz WHERE "users"."id" = 1;
BEGIN;
UPDATE "django_session" SET "session_data" = '.eJxVjE0OgyAYBe_CuiEggtBl956BfD9QbBtMRFdN715NXLTbmXnvLSJsa4lbS0ucWFyFFpdfhkDPVA_BD6j3WdJc12VCeSTytE2OM6fX7Wz_Dgq0sq-d8ZjBaYasCL0yzufBdWjsAJzZm5DI4U51ykYHjYosBeJgOkTb9-LzBfTbODc:1xVIqI:ia9ODvbGJh1_Ui0mS-u0TE2uN3PruSPWdESMp08cFoU', "expire_date" = '2026-12-07T01:27:38.472331+00:00'::timestamptz WHERE "django_session"."session_key" = 'scpwn6yv3ifs22db8yqwaa2x1p6zm422';
COMMIT;
-- the admin: a user added, and changed with a group and a permission
BEGIN;
SAVEPOINT "s1";
INSERT INTO "users" ("password", "last_login", "is_superuser", "username", "first_name", "last_name", "is_staff", "is_active", "date_joined", "public_user_id", "email") VALUES ('pbkdf2_sha256$600000$9q11qzbNSyQPkLbWqGz54A$5U0DXsgs0KiGoiguRfQREXP0zB5wNEc+kBKo8RgjACY=', NULL, false, 'erik@example.com', '', '', false, true, '2026-11-23T01:27:38.493619+00:00'::timestamptz, 'ea09d8b8-f922-4985-b980-98a527798cfe'::uuid, 'erik@example.com') RETURNING "users"."id";
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:38.978996+00:00'::timestamptz, 1, 2, '6', 'erik@example.com', 1, '[{"added": {}}]') RETURNING "django_admin_log"."id";
RELEASE SAVEPOINT "s1";
COMMIT;
BEGIN;
UPDATE "users" SET "password" = 'pbkdf2_sha256$600000$9q11qzbNSyQPkLbWqGz54A$5U0DXsgs0KiGoiguRfQREXP0zB5wNEc+kBKo8RgjACY=', "last_login" = NULL, "is_superuser" = false, "username" = 'erik@example.com', "first_name" = 'Erik', "last_name" = '', "is_staff" = true, "is_active" = true, "date_joined" = '2026-11-23T01:00:00+00:00'::timestamptz, "public_user_id" = 'ea09d8b8-f922-4985-b980-98a527798cfe'::uuid, "email" = 'erik@example.com' WHERE "users"."id" = 6;
INSERT INTO "users_groups" ("user_id", "group_id") VALUES (6, 1) ON CONFLICT DO NOTHING;
INSERT INTO "users_user_permissions" ("user_id", "permission_id") VALUES (6, 9), (6, 10) ON CONFLICT DO NOTHING;
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.035498+00:00'::timestamptz, 1, 2, '6', 'erik@example.com', 2, '[{"changed": {"fields": ["First name", "Staff status", "Groups", "User permissions", "Date joined"]}}]') RETURNING "django_admin_log"."id";
COMMIT;
-- the admin: a group added, changed and deleted
BEGIN;
INSERT INTO "auth_group" ("name") VALUES ('Fitters') RETURNING "auth_group"."id";
INSERT INTO "auth_group_permissions" ("group_id", "permission_id") VALUES (2, 9), (2, 12) ON CONFLICT DO NOTHING;
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.065832+00:00'::timestamptz, 1, 5, '2', 'Fitters', 1, '[{"added": {}}]') RETURNING "django_admin_log"."id";
COMMIT;
BEGIN;
UPDATE "auth_group" SET "name" = 'Installers' WHERE "auth_group"."id" = 2;
DELETE FROM "auth_group_permissions" WHERE ("auth_group_permissions"."group_id" = 2 AND "auth_group_permissions"."permission_id" IN (9));
INSERT INTO "auth_group_permissions" ("group_id", "permission_id") VALUES (2, 4) ON CONFLICT DO NOTHING;
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.093346+00:00'::timestamptz, 1, 5, '2', 'Installers', 2, '[{"changed": {"fields": ["Name", "Permissions"]}}]') RETURNING "django_admin_log"."id";
COMMIT;
BEGIN;
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.107789+00:00'::timestamptz, 1, 5, '2', 'Installers', 3, '') RETURNING "django_admin_log"."id";
DELETE FROM "auth_group_permissions" WHERE "auth_group_permissions"."group_id" IN (2);
DELETE FROM "users_groups" WHERE "users_groups"."group_id" IN (2);
DELETE FROM "auth_group" WHERE "auth_group"."id" IN (2);
COMMIT;
-- the admin: a camera and a rule added, changed and deleted
BEGIN;
INSERT INTO "camera_camera" ("public_camera_id", "location", "created_at", "owner_id") VALUES ('b27aa4ec-5bcb-4fc6-8264-58070d26b9a4'::uuid, 'Roof', '2026-11-23T01:27:39.127566+00:00'::timestamptz, 6) RETURNING "camera_camera"."id";
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.130924+00:00'::timestamptz, 1, 3, '8', 'Camera object (8)', 1, '[{"added": {}}]') RETURNING "django_admin_log"."id";
COMMIT;
BEGIN;
UPDATE "camera_camera" SET "public_camera_id" = 'b27aa4ec-5bcb-4fc6-8264-58070d26b9a4'::uuid, "location" = 'Roof, north', "created_at" = '2026-11-23T01:27:39.127566+00:00'::timestamptz, "owner_id" = 6 WHERE "camera_camera"."id" = 8;
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.150798+00:00'::timestamptz, 1, 3, '8', 'Camera object (8)', 2, '[{"changed": {"fields": ["Location"]}}]') RETURNING "django_admin_log"."id";
COMMIT;
BEGIN;
INSERT INTO "rules_rule" ("public_rule_id", "rule", "rule_nickname", "is_enabled", "created_at", "camera_id", "owner_id") VALUES ('d80ba5ac-38cf-4d60-a8c7-8364daa48e0b'::uuid, 'Alert on hail', 'Hail', true, '2026-11-23T01:27:39.167925+00:00'::timestamptz, 8, 6) RETURNING "rules_rule"."id";
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.169041+00:00'::timestamptz, 1, 1, '10', 'Rule object (10)', 1, '[{"added": {}}]') RETURNING "django_admin_log"."id";
COMMIT;
BEGIN;
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.185785+00:00'::timestamptz, 1, 3, '8', 'Camera object (8)', 3, '') RETURNING "django_admin_log"."id";
DELETE FROM "rules_rule" WHERE "rules_rule"."camera_id" IN (8);
DELETE FROM "camera_camera" WHERE "camera_camera"."id" IN (8);
COMMIT;
-- the admin: users deleted with all that is theirs, one by one and as an action
BEGIN;
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.239035+00:00'::timestamptz, 1, 2, '6', 'erik@example.com', 3, '') RETURNING "django_admin_log"."id";
DELETE FROM "django_admin_log" WHERE "django_admin_log"."user_id" IN (6);
DELETE FROM "users_groups" WHERE "users_groups"."user_id" IN (6);
DELETE FROM "users_user_permissions" WHERE "users_user_permissions"."user_id" IN (6);
DELETE FROM "rules_rule" WHERE "rules_rule"."owner_id" IN (6);
DELETE FROM "users" WHERE "users"."id" IN (6);
COMMIT;
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-23T01:27:39.333397+00:00'::timestamptz, 1, 2, '3', 'bob@example.com', 3, '') RETURNING "django_admin_log"."id";
BEGIN;
DELETE FROM "rules_rule" WHERE "rules_rule"."camera_id" IN (4);
DELETE FROM "django_admin_log" WHERE "django_admin_log"."user_id" IN (3);
DELETE FROM "users_groups" WHERE "users_groups"."user_id" IN (3);
DELETE FROM "users_user_permissions" WHERE "users_user_permissions"."user_id" IN (3);
DELETE FROM "rules_rule" WHERE "rules_rule"."owner_id" IN (3);
DELETE FROM "camera_camera" WHERE "camera_camera"."id" IN (4);
DELETE FROM "users" WHERE "users"."id" IN (3);
COMMIT;
-- the admin: a sign-out
DELETE FROM "django_session" WHERE "django_session"."session_key" IN ('scpwn6yv3ifs22db8yqwaa2x1p6zm422');
-- an account that removes itself
BEGIN;
DELETE FROM "rules_rule" WHERE "rules_rule"."camera_id" IN (7);
DELETE FROM "django_admin_log" WHERE "django_admin_log"."user_id" IN (5);
DELETE FROM "users_groups" WHERE "users_groups"."user_id" IN (5);
DELETE FROM "users_user_permissions" WHERE "users_user_permissions"."user_id" IN (5);
DELETE FROM "rules_rule" WHERE "rules_rule"."owner_id" IN (5);
DELETE FROM "camera_camera" WHERE "camera_camera"."id" IN (7);
DELETE FROM "users" WHERE "users"."id" IN (5);
COMMIT;
