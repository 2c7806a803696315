-- A rule's owner is its camera's. Where a camera changed hands in the admin, its rules stayed with whoever had it before.
-- adopt: as is
UPDATE "rules_rule" SET "owner_id" = "camera_camera"."owner_id"
FROM "camera_camera"
WHERE "camera_camera"."id" = "rules_rule"."camera_id" AND "rules_rule"."owner_id" <> "camera_camera"."owner_id";
--> statement-breakpoint
-- A later migration, which may run in the same transaction, can't alter a table whose foreign keys are still to be checked.
-- adopt: as is
SET CONSTRAINTS ALL IMMEDIATE;
