CREATE INDEX "users_staff" ON "users" USING btree ("id") WHERE "users"."is_staff";--> statement-breakpoint
CREATE INDEX "users_inactive" ON "users" USING btree ("id") WHERE not "users"."is_active";--> statement-breakpoint
CREATE INDEX "users_inactive_email_id" ON "users" USING btree ("email","id") WHERE not "users"."is_active";--> statement-breakpoint
CREATE INDEX "users_inactive_date_joined_id" ON "users" USING btree ("date_joined","id") WHERE not "users"."is_active";