import { type SQL, sql } from 'drizzle-orm'
import { sessionOfViewer, type Viewer, viewerAdds } from '../auth/viewer.ts'
import { DatabaseError, type Db } from '../db/client.ts'
import { pushTargets } from '../db/schema.ts'
import { given, oneOf } from '../db/statement.ts'
import { problems } from '../problems.ts'
import { isPhone, type Kind } from './push.ts'
import { shown, type ShownTarget } from './target.ts'

/** `called` is the default name of a new target. */
export type NewTarget = {
  kind: Kind
  address: string
  keys: Record<string, string>
  name: string | null
  called: string
}

/** The most targets of an account; beyond that, the phone that registered longest ago is removed. */
const AT_MOST = sql.raw('20')
/** The most services among them. They do not register again by themselves, so none is removed. */
export const MOST_SERVICES = 10
const isOfPhone = sql`kind in ('web_push', 'apns')`

/**
 * A phone's address belongs to the account that registered it last, and ends with its session; a service's belongs to every
 * account that named it.
 */
const registering = (arbiter: SQL, session: SQL, hasRoom: SQL) =>
  viewerAdds(() => ({
    steps: {
      services: sql`
        select id from ${pushTargets}
        where owner_id = (select id from viewer) and not ${isOfPhone}
          and (kind, address) <> (${given('kind')}, ${given('address')})`,
      target: sql`
        insert into ${pushTargets} as targets
          (public_target_id, owner_id, session_id, kind, address, keys, name, created_at, seen_at)
        select uuidv7(), id, ${session}, ${given('kind')}, ${given('address')}, ${given('keys', 'jsonb')},
          coalesce(${given('name')}, ${given('called')}), now(), now()
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
      // This statement does not see the row that it inserts.
      forgotten: sql`
        delete from ${pushTargets} where id in (
          select id from ${pushTargets}
          where owner_id = (select id from viewer) and ${isOfPhone} and exists (select from target)
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

const registeringPhone = registering(sql`(kind, address) where ${isOfPhone}`, sessionOfViewer, sql`true`)
const registeringService = registering(
  sql`(owner_id, kind, address) where kind not in ('web_push', 'apns')`,
  sql`null::bigint`,
  sql`(select count(*) from services) < ${sql.raw(String(MOST_SERVICES))}`,
)

/** The account is locked, so only the session can have ended meanwhile. */
function asEnded(error: unknown): never {
  throw error instanceof DatabaseError && error.isParentGone
    ? problems.accessTokenRefused('Token is expired')
    : error
}

/**
 * Registers an address as a push target; the same address again is the same target. Null if the account has too many
 * services.
 */
export async function registerTarget(db: Db, viewer: Viewer, { kind, keys, ...given }: NewTarget) {
  const register = isPhone(kind) ? registeringPhone : registeringService
  const { target } = await register(db, viewer, { kind, keys: JSON.stringify(keys), ...given }).catch(asEnded)
  return target
}
