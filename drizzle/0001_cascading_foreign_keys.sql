-- Django's foreign keys have no ON DELETE; ours cascade, and stay deferrable as Django's are. An owner's delete then
-- wins against a rule that is being added, and Django goes on writing in the order it likes.
ALTER TABLE "django_admin_log"
  DROP CONSTRAINT "django_admin_log_content_type_id_c4bce8eb_fk_django_co",
  ADD CONSTRAINT "django_admin_log_content_type_id_c4bce8eb_fk_django_co" FOREIGN KEY ("content_type_id") REFERENCES "django_content_type" ("id") ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "django_admin_log"
  DROP CONSTRAINT "django_admin_log_user_id_c564eba6_fk_users_id",
  ADD CONSTRAINT "django_admin_log_user_id_c564eba6_fk_users_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "camera_camera"
  DROP CONSTRAINT "camera_camera_owner_id_00e9fd5d_fk_users_id",
  ADD CONSTRAINT "camera_camera_owner_id_00e9fd5d_fk_users_id" FOREIGN KEY ("owner_id") REFERENCES "users" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "auth_group_permissions"
  DROP CONSTRAINT "auth_group_permissio_permission_id_84c5c92e_fk_auth_perm",
  ADD CONSTRAINT "auth_group_permissio_permission_id_84c5c92e_fk_auth_perm" FOREIGN KEY ("permission_id") REFERENCES "auth_permission" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "auth_group_permissions"
  DROP CONSTRAINT "auth_group_permissions_group_id_b120cbf9_fk_auth_group_id",
  ADD CONSTRAINT "auth_group_permissions_group_id_b120cbf9_fk_auth_group_id" FOREIGN KEY ("group_id") REFERENCES "auth_group" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "auth_permission"
  DROP CONSTRAINT "auth_permission_content_type_id_2f476e4b_fk_django_co",
  ADD CONSTRAINT "auth_permission_content_type_id_2f476e4b_fk_django_co" FOREIGN KEY ("content_type_id") REFERENCES "django_content_type" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "rules_rule"
  DROP CONSTRAINT "rules_rule_camera_id_b149a13f_fk_camera_camera_id",
  ADD CONSTRAINT "rules_rule_camera_id_b149a13f_fk_camera_camera_id" FOREIGN KEY ("camera_id") REFERENCES "camera_camera" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "rules_rule"
  DROP CONSTRAINT "rules_rule_owner_id_7e91cf55_fk_users_id",
  ADD CONSTRAINT "rules_rule_owner_id_7e91cf55_fk_users_id" FOREIGN KEY ("owner_id") REFERENCES "users" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "users_groups"
  DROP CONSTRAINT "users_groups_group_id_2f3517aa_fk_auth_group_id",
  ADD CONSTRAINT "users_groups_group_id_2f3517aa_fk_auth_group_id" FOREIGN KEY ("group_id") REFERENCES "auth_group" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "users_groups"
  DROP CONSTRAINT "users_groups_user_id_f500bee5_fk_users_id",
  ADD CONSTRAINT "users_groups_user_id_f500bee5_fk_users_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "users_user_permissions"
  DROP CONSTRAINT "users_user_permissio_permission_id_6d08dcd2_fk_auth_perm",
  ADD CONSTRAINT "users_user_permissio_permission_id_6d08dcd2_fk_auth_perm" FOREIGN KEY ("permission_id") REFERENCES "auth_permission" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE "users_user_permissions"
  DROP CONSTRAINT "users_user_permissions_user_id_92473840_fk_users_id",
  ADD CONSTRAINT "users_user_permissions_user_id_92473840_fk_users_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
