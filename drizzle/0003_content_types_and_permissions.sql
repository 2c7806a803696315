-- Django's rows: one content type for each model, and four permissions each. An adopted database has them already,
-- under ids of its own, so they are always found by (app_label, model) and by codename, never by id.
INSERT INTO "django_content_type" ("app_label", "model")
VALUES
  ('rules', 'rule'), ('users', 'user'), ('camera', 'camera'), ('admin', 'logentry'),
  ('auth', 'group'), ('auth', 'permission'), ('contenttypes', 'contenttype'), ('sessions', 'session')
ON CONFLICT DO NOTHING;
--> statement-breakpoint
INSERT INTO "auth_permission" ("name", "content_type_id", "codename")
SELECT 'Can ' || "action" || ' ' || "noun", "id", "action" || '_' || "model"
FROM "django_content_type"
JOIN (
  VALUES
    ('rules', 'rule', 'rule'), ('users', 'user', 'user'), ('camera', 'camera', 'camera'), ('admin', 'logentry', 'log entry'),
    ('auth', 'group', 'group'), ('auth', 'permission', 'permission'), ('contenttypes', 'contenttype', 'content type'),
    ('sessions', 'session', 'session')
) AS "names" ("app_label", "model", "noun") USING ("app_label", "model")
CROSS JOIN (VALUES (1, 'add'), (2, 'change'), (3, 'delete'), (4, 'view')) AS "actions" ("position", "action")
ORDER BY "id", "position"
ON CONFLICT DO NOTHING;
