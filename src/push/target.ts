import { type SQL, sql } from 'drizzle-orm'
import { sessionOfViewer, type Viewer, viewerAdds, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { pushTargets } from '../db/schema.ts'
import { columnsOf, given, listOf, moment, oneOf, position, repeatable, type Row } from '../db/statement.ts'
import type { Page } from '../http/paging.ts'
import { problems } from '../problems.ts'
import type { Kind, Outcome, Target } from './push.ts'

/** A target as its owner sees it: without its address. */
const SHOWN = ['publicTargetId', 'kind', 'name', 'lastSentAt', 'failures'] as const
export type ShownTarget = Pick<Row<typeof pushTargets>, (typeof SHOWN)[number]> & { isCurrent: boolean }
export type NewTarget = { kind: Kind; address: string; keys: Record<string, string>; name: string | null }

/** So many an account has; the phone that registered longest ago makes room. */
const AT_MOST = sql.raw('20')
/** So many of them are services, which do not register again by themselves: they make no room. */
export const MOST_SERVICES = 10
const isPhone = sql`kind in ('web_push', 'apns')`

const shown = sql`${columnsOf(pushTargets, SHOWN)}, coalesce(session_id = ${sessionOfViewer}, false) as "isCurrent"`

/** A phone's address belongs to who registered it last, and ends with their session; a service's to everybody who named it. */
const registering = (arbiter: SQL, session: SQL, hasRoom: SQL) =>
  viewerAdds(() => ({
    steps: {
      services: sql`
        select id from ${pushTargets}
        where owner_id = (select id from viewer) and not ${isPhone}
          and (kind, address) <> (${given('kind')}, ${given('address')})`,
      target: sql`
        insert into ${pushTargets} as targets
          (public_target_id, owner_id, session_id, kind, address, keys, name, created_at, seen_at)
        select uuidv7(), id, ${session}, ${given('kind')}, ${given('address')}, ${given('keys', 'jsonb')},
          coalesce(${given('name')}, ''), now(), now()
        from viewer where ${hasRoom}
        on conflict ${arbiter} do update set
          (public_target_id, created_at, last_sent_at, name) = (
            select same.public_target_id, same.created_at, same.last_sent_at, coalesce(${given('name')}, same.name)
            from (select targets.*) as same where same.owner_id = excluded.owner_id
            union all
            select excluded.public_target_id, excluded.created_at, null, excluded.name
            where targets.owner_id <> excluded.owner_id),
          keys = case when targets.kind = 'webhook' or excluded.keys = '{}' then targets.keys else excluded.keys end,
          owner_id = excluded.owner_id, session_id = excluded.session_id, seen_at = now(), failures = 0
        returning *`,
      // This statement does not see the row that it makes.
      forgotten: sql`
        delete from ${pushTargets} where id in (
          select id from ${pushTargets}
          where owner_id = (select id from viewer) and ${isPhone} and exists (select from target)
            and id not in (select id from target)
          order by seen_at desc, id desc
          offset greatest(${AT_MOST} - 1 - (select count(*) from services), 0))
        returning id`,
    },
    answers: {
      target: oneOf<ShownTarget & { isNew: boolean }>(
        sql`select ${shown}, created_at = now() as "isNew" from target`,
      ),
    },
  }))

const registeringPhone = registering(sql`(kind, address) where ${isPhone}`, sessionOfViewer, sql`true`)
const registeringService = registering(
  sql`(owner_id, kind, address) where kind not in ('web_push', 'apns')`,
  sql`null::bigint`,
  sql`(select count(*) from services) < ${sql.raw(String(MOST_SERVICES))}`,
)

/** Has somebody told at an address; again, it is the same target. Null where they have too many services. */
export async function registerTarget(db: Db, viewer: Viewer, { kind, keys, ...given }: NewTarget) {
  const register = kind === 'web_push' || kind === 'apns' ? registeringPhone : registeringService
  return (await register(db, viewer, { kind, keys: JSON.stringify(keys), ...given })).target
}

const listing = viewerReads(() => ({
  answers: {
    targets: listOf<ShownTarget>(sql`
      select ${shown} from ${pushTargets}
      where owner_id = (select id from viewer) and id > ${position(pushTargets, pushTargets.publicTargetId)}
      order by id limit ${given('limit', 'int')} + 1`),
  },
}))

/** Where the viewer is told. */
export const targetsOf = async (db: Db, viewer: Viewer, page: Page) =>
  (await listing(db, viewer, page)).targets

const isTheirs = sql`public_target_id = ${given('id', 'uuid')} and owner_id = (select id from viewer)`

const removing = viewerWrites(() => ({
  steps: { gone: sql`delete from ${pushTargets} where ${isTheirs} returning 1` },
  answers: { isGone: sql<boolean>`exists (select from gone)` },
}))

/** @throws noSuch('Target') for one that is not the viewer's, as does `findTarget` */
export async function removeTarget(db: Db, viewer: Viewer, id: string) {
  if (!(await removing(db, viewer, { id })).isGone) throw problems.noSuch('Target')
}

const finding = viewerReads(() => ({
  answers: {
    target: oneOf<Target & { kind: Kind }>(sql`
      select kind, address, keys, ${moment(pushTargets.seenAt, 'registeredAt')} as "registeredAt"
      from ${pushTargets} where ${isTheirs}`),
  },
}))

/** A target as senders need it. */
export async function findTarget(db: Db, viewer: Viewer, id: string) {
  const { target } = await finding(db, viewer, { id })
  if (!target) throw problems.noSuch('Target')
  return target
}

const noting = repeatable(() => ({
  steps: {
    // Whoever registered again meanwhile is there.
    forgotten: sql`
      delete from ${pushTargets}
      where public_target_id = ${given('id', 'uuid')} and seen_at = ${given('registeredAt', 'timestamptz')}
        and ${given('outcome')} = 'gone'
      returning 1`,
    noted: sql`
      update ${pushTargets} set
        last_sent_at = case when ${given('outcome')} = 'sent' then now() else last_sent_at end,
        failures = case when ${given('outcome')} = 'sent' then 0 else failures end,
        keys = keys || ${given('learned', 'jsonb')}
      where public_target_id = ${given('id', 'uuid')} and ${given('outcome')} <> 'gone'
      returning 1`,
  },
  answers: { isNoted: sql<boolean>`exists (select from noted)` },
}))

/** Notes how a push to a target went: one that is gone is forgotten. */
export async function noteOutcome(
  db: Db,
  id: string,
  { registeredAt }: Target,
  { outcome, learned = {} }: Outcome,
) {
  await noting(db, { id, registeredAt, outcome, learned: JSON.stringify(learned) })
}
