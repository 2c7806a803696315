-- Searching inside of text. Trusted: whoever may create in the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE INDEX "django_admin_log_user_id_id" ON "django_admin_log" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "django_admin_log_object" ON "django_admin_log" USING btree ("object_id","content_type_id","id");--> statement-breakpoint
CREATE INDEX "camera_camera_location_id" ON "camera_camera" USING btree ("location","id");--> statement-breakpoint
CREATE INDEX "camera_camera_created_at_id" ON "camera_camera" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "camera_camera_search" ON "camera_camera" USING gin ("location" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "rules_rule_owner_id_id" ON "rules_rule" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "rules_rule_rule_nickname_id" ON "rules_rule" USING btree ("rule_nickname","id");--> statement-breakpoint
CREATE INDEX "rules_rule_created_at_id" ON "rules_rule" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "rules_rule_is_enabled_id" ON "rules_rule" USING btree ("is_enabled","id");--> statement-breakpoint
CREATE INDEX "rules_rule_is_enabled_rule_nickname_id" ON "rules_rule" USING btree ("is_enabled","rule_nickname","id");--> statement-breakpoint
CREATE INDEX "rules_rule_is_enabled_created_at_id" ON "rules_rule" USING btree ("is_enabled","created_at","id");--> statement-breakpoint
CREATE INDEX "rules_rule_search" ON "rules_rule" USING gin (("rule_nickname" || ' ' || "rule") gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "users_date_joined_id" ON "users" USING btree ("date_joined","id");--> statement-breakpoint
CREATE INDEX "users_search" ON "users" USING gin (("email" || ' ' || "first_name" || ' ' || "last_name") gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "users_superusers" ON "users" USING btree ("id") WHERE "users"."is_superuser";