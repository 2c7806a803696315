ALTER TABLE "users" ADD COLUMN "sessions_valid_from" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "camera_camera_owner_id_id" ON "camera_camera" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "rules_rule_camera_id_id" ON "rules_rule" USING btree ("camera_id","id");--> statement-breakpoint
CREATE INDEX "users_lower_email" ON "users" USING btree (lower("email"));