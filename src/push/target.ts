import { sql } from 'drizzle-orm'
import { sessionOfViewer, type Viewer, viewerAdds } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { pushTargets } from '../db/schema.ts'
import { given } from '../db/statement.ts'

/** So many an account has; the one that registered longest ago makes room. */
const AT_MOST = sql.raw('20')

const registering = viewerAdds(() => ({
  steps: {
    target: sql`
      insert into ${pushTargets} (public_target_id, owner_id, session_id, kind, address, created_at, seen_at)
      select uuidv7(), id, ${sessionOfViewer}, 'apns', ${given('address')}, now(), now() from viewer
      on conflict (kind, address) where kind in ('web_push', 'apns')
      do update set owner_id = excluded.owner_id, session_id = excluded.session_id, seen_at = now(), failures = 0
      returning id`,
    // This statement does not see the row that it makes.
    forgotten: sql`
      delete from ${pushTargets} where id in (
        select id from ${pushTargets}
        where owner_id = (select id from viewer) and kind = 'apns' and id not in (select id from target)
        order by seen_at desc offset ${AT_MOST} - 1)
      returning id`,
  },
  answers: { isThere: sql<boolean>`exists (select from target)` },
}))

/** Has an iPhone told what happens, by its token for Apple's push service; whoever registered it before is told there no more. */
export const registerPhone = (db: Db, viewer: Viewer, address: string) => registering(db, viewer, { address })
