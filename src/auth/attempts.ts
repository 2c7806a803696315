import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Context } from 'hono'
import { type Db, writing } from '../db/client.ts'
import { signInAttempts, users } from '../db/schema.ts'
import { given } from '../db/viewer.ts'
import { problems } from '../errors.ts'
import type { AppEnv } from '../http.ts'
import { clientNetwork, isThrottled } from '../throttle.ts'
import { importKey } from './tokens.ts'

// OWASP ASVS 2.2.1 allows 100 failed attempts per hour on one account.
const FAILURES_PER_ACCOUNT = '100'
const FAILURES_PER_NETWORK = '10'
const ACCOUNT_PERIOD = sql`interval '1 hour'`
const NETWORK_PERIOD = sql`interval '15 minutes'`
/** How long a network that signed in to an account is spared what others failed there. */
const ACQUAINTANCE = sql`interval '30 days'`

/** Who tries to sign in, and from where. */
export type Attempt = { email: string; network: string; secret: string; isThrottled: boolean }

/** An attempt, as a request makes it. */
export const attemptFrom = (c: Context<AppEnv>, email: string): Attempt => ({
  email,
  network: clientNetwork(c),
  secret: c.env.JWT_SECRET,
  isThrottled: isThrottled(c.env),
})

const columns = getTableColumns(signInAttempts)
const isOver = (period: SQL) => sql`kept.since <= now() - ${period}`
const counting = (period: SQL, more: SQL) => sql`
  on conflict (account, network) do update set
    failures = case when ${isOver(period)} then ${more} else kept.failures + ${more} end,
    since = case when ${isOver(period)} then now() else kept.since end
  returning *`
const secondsWhere = (isOver: SQL, end: SQL) =>
  sql`case when ${isOver} then ceil(extract(epoch from ${end} - now())) else 0 end`

// An attempt counts as a failure before its password is checked, so that guesses sent at once can't all read zero. The
// account's row comes before the network's here and in `remembering`: one order of locks, no deadlock.
const attempting = writing((db) => {
  // A network that is closed out counts no more against the whole account: alone it could close out everyone.
  const isNew = sql`(case when exists (
    select from ${signInAttempts} as kept
    where account = ${given('account')} and network = ${given('network')}
      and failures >= ${sql.raw(FAILURES_PER_NETWORK)} and not ${isOver(NETWORK_PERIOD)}
  ) then 0 else 1 end)`
  const whole = db.$with('whole', columns).as(sql`
    insert into ${signInAttempts} as kept (account, network, failures, since)
    values (${given('account')}, '', 1, now()) ${counting(ACCOUNT_PERIOD, isNew)}`)
  const pair = db.$with('pair', columns).as(sql`
    insert into ${signInAttempts} as kept (account, network, failures, since)
    select account, ${given('network')}, 1, now() from whole ${counting(NETWORK_PERIOD, sql`1`)}`)
  const isStranger = sql`coalesce(pair.last_success_at <= now() - ${ACQUAINTANCE}, true)`
  const verdict = db.$with('verdict', { secondsToWait: sql<number>`0`.as('seconds_to_wait') }).as(sql`
    select greatest(
      ${secondsWhere(sql`pair.failures > ${sql.raw(FAILURES_PER_NETWORK)}`, sql`pair.since + ${NETWORK_PERIOD}`)},
      ${secondsWhere(sql`whole.failures > ${sql.raw(FAILURES_PER_ACCOUNT)} and ${isStranger}`, sql`whole.since + ${ACCOUNT_PERIOD}`)}
    )::int as seconds_to_wait
    from pair, whole`)
  // Django's rows may hold capitals, and two of them may differ in nothing else: then the exact spelling is meant.
  const person = db.$with('person', getTableColumns(users)).as(sql`
    select * from ${users}
    where lower(email) = ${given('lowered')} or email = ${given('email')}
    order by email = ${given('email')} desc, id limit 1`)
  return db
    .with(whole, pair, verdict, person)
    .select()
    .from(verdict)
    .leftJoin(person, sql`true`)
    .prepare('')
})

/**
 * The account behind an email, in any letter case, or null; the attempt is counted in the same statement.
 * @throws throttled, where the network or the whole account has had too many failures; a network that signed in to the
 * account lately is not locked out by what others failed there
 */
export async function attemptSignIn(db: Db, attempt: Attempt) {
  const [row] = await attempting(db, {
    ...(await attemptKeys(attempt)),
    email: attempt.email,
    lowered: attempt.email.toLowerCase(),
  })
  const secondsToWait = row?.verdict.secondsToWait ?? 0
  if (secondsToWait > 0 && attempt.isThrottled) throw problems.throttled(secondsToWait)
  return row?.person ?? null
}

const remembering = writing((db) => {
  const { account, network } = { account: given('account'), network: given('network') }
  const whole = db.$with('whole', columns).as(sql`
    update ${signInAttempts} set failures = greatest(0, failures - coalesce((
      select failures from ${signInAttempts} as pair where pair.account = ${account} and pair.network = ${network}), 0))
    where account = ${account} and network = '' returning *`)
  const pair = db.$with('pair', columns).as(sql`
    update ${signInAttempts} set failures = 0, last_success_at = now()
    where account in (select account from whole) and network = ${network} returning *`)
  const person = db.$with('person', getTableColumns(users)).as(sql`
    update ${users} set
      last_login = now(),
      password = case when password = ${given('oldHash')} then coalesce(${given('newHash')}, password) else password end
    where id = ${given('id', 'bigint')} returning *`)
  return db.with(whole, pair, person).select({ id: person.id }).from(person).prepare('')
})

/** Takes back that a sign-in was counted as a failure, and notes its time and network. `newHash` replaces an outdated one. */
export const rememberSuccess = async (
  db: Db,
  account: { id: number; password: string },
  newHash: string | null,
  attempt: Attempt,
) => remembering(db, { ...(await attemptKeys(attempt)), id: account.id, oldHash: account.password, newHash })

/** As many as are sure to go within the time of one statement. */
const BATCH = sql.raw('20000')

const forgetting = writing((db) => {
  const gone = db.$with('gone', columns).as(sql`
    delete from ${signInAttempts} where ctid in (
      select ctid from ${signInAttempts}
      where since <= now() - ${ACCOUNT_PERIOD} and coalesce(last_success_at <= now() - ${ACQUAINTANCE}, true)
      limit ${BATCH}
    ) returning *`)
  return db
    .with(gone)
    .select({ count: sql<number>`count(*)::int` })
    .from(gone)
    .prepare('')
})

/** Forgets attempts that count for nothing any more, in batches, until none is left. */
export async function forgetOldAttempts(db: Db) {
  while ((await forgetting(db))[0]!.count > 0);
}

/** Keyed hashes, so that who reads the table, or a copy of it, learns no email and no address. */
export async function attemptKeys({ email, network, secret }: Attempt) {
  const key = await importKey(secret)
  const [account, from] = await Promise.all(
    [`account ${email.toLowerCase()}`, `network ${network}`].map(async (text) => {
      const bytes = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`sign-in ${text}`))
      return new Uint8Array(bytes).toBase64()
    }),
  )
  return { account, network: from }
}
