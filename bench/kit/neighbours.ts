import type { Client } from 'pg'

/** Four cameras a household, as in docs/scale.md. */
const CAMERAS_A_HOUSEHOLD = 4

/**
 * Fills a database with other people's cameras, all of which have sent a heartbeat in the last minute, and with so many events of them,
 * each with a verdict, as they are after a month. Answers how many bytes an event takes with its verdict and all indexes.
 */
export async function addNeighbours(client: Client, cameras: number, events: number) {
  const households = Math.ceil(cameras / CAMERAS_A_HOUSEHOLD)
  const run = (sql: string, ...values: unknown[]) => client.query(sql, values)
  await run(
    `insert into users (password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined, email)
     select '!', false, 'n' || n, '', '', false, true, now(), 'neighbour-' || n || '@example.com' from generate_series(1, $1::int) as n`,
    households,
  )
  await run(
    `insert into camera_camera (location, created_at, owner_id, last_seen_at, beats)
     select 'Door ' || n, now() - interval '30 days', id, now() - random() * interval '60 seconds', true
     from users, generate_series(1, $1::int) as n where email like 'neighbour-%'`,
    CAMERAS_A_HOUSEHOLD,
  )
  await run(
    `insert into devices (public_camera_id, camera_id, created_at, registered_at, claimed_at)
     select public_camera_id, camera_camera.id, now(), now(), now()
     from camera_camera join users on users.id = owner_id where email like 'neighbour-%'`,
  )
  await run(
    `insert into events (public_event_id, bucket, object_key, owner, camera, captured_at, received_at, state, attempts, caption, judge, judged_at, judge_in_ms)
     select uuidv7(shift), 'scout-uploads', 'detection/' || public_camera_id || '/' || gen_random_uuid() || '.jpeg', public_user_id,
       public_camera_id, now() + shift, now() + shift, 'done', 1, 'Nobody is to be seen.', 'judge.example.com sees', now() + shift, 840
     from (
       select public_user_id, public_camera_id, -(random() * interval '30 days') as shift
       from camera_camera join users on users.id = owner_id, generate_series(1, $1::int)
       where email like 'neighbour-%') as seen`,
    Math.ceil(events / (households * CAMERAS_A_HOUSEHOLD)),
  )
  await run(
    `insert into verdicts (event, rule, rule_text, rule_nickname, verdict, evidence)
     select public_event_id, gen_random_uuid(), 'Alert when a person comes to the door', 'Visitor', 'no', 'no person seen'
     from events where owner in (select public_user_id from users where email like 'neighbour-%')`,
  )
  await run('vacuum analyze')
  const { rows } = await client.query<{ bytes: number }>(
    `select (pg_total_relation_size('events') + pg_total_relation_size('verdicts'))::float8 / (select count(*) from events) as bytes`,
  )
  return rows[0]!.bytes
}
