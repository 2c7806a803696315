import { type SQL, sql } from 'drizzle-orm'
import type { DatabaseError, Db } from '../db/client.ts'
import { forgetting } from '../db/forgetting.ts'
import { lowered, signInAttempts, users } from '../db/schema.ts'
import { columnsOf, given, oneOf, type Row, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'
import { log } from '../log.ts'
import { importKey } from './tokens.ts'

// OWASP ASVS 2.2.1 allows 100 failed attempts per hour on one account.
const FAILURES_PER_ACCOUNT = '100'
/** Of one network on one account. */
const FAILURES_PER_PAIR = '10'
export const ACCOUNT_PERIOD = sql`interval '1 hour'`
export const NETWORK_PERIOD = sql`interval '15 minutes'`
/** How long a network that signed in to an account stays exempt from the failures of others. */
const ACQUAINTANCE = sql`interval '30 days'`

/** The network that tries a password. */
export type Attempt = {
  network: string
  secret: string
  isThrottlingOn: boolean
  /** The rounds of a new hash, if the settings set them. */
  rounds?: number | undefined
  afterAnswer: (work: (db: Db) => Promise<void>) => void
}

const isOver = (period: SQL) => sql`kept.since <= now() - ${period}`

/**
 * A step that counts `failures` for each `account, network` that `who` selects, and starts again once the period has ended.
 * It returns the updated rows with their count `before` in the period. `more` is the number to add to an existing row.
 */
export const counted = (who: SQL, period: SQL, more = sql`excluded.failures`) => sql`
  insert into ${signInAttempts} as kept (account, network, failures, since)
  select account, network, failures, now() from (${who}) as counted (account, network, failures) order by account
  on conflict (account, network) do update set
    failures = case when ${isOver(period)} then ${more} else kept.failures + ${more} end,
    since = case when ${isOver(period)} then now() else kept.since end
  returning *, case when old.since > now() - ${period} then old.failures else 0 end as before`

/** The seconds until `end`, or 0 if it has passed. */
export const secondsWhere = (isExceeded: SQL, end: SQL) =>
  sql`case when ${isExceeded} then ceil(extract(epoch from ${end} - now())) else 0 end`

/**
 * Steps that count a try of a password as a failure before it is checked, so that concurrent guesses cannot all read zero.
 * `account` is a query that selects the account as `account`; if it has no row, nothing is counted and there is no verdict.
 * The account's row comes before the network's here and in `forgiven`: one lock order prevents deadlocks.
 */
export function countedTry(account: SQL) {
  // A locked-out network no longer counts against the whole account: alone it could lock out everyone.
  const isNew = sql`(case when exists (
    select from (select * from ${signInAttempts} where account = kept.account) as kept
    where network = ${given('network')} and failures >= ${sql.raw(FAILURES_PER_PAIR)} and not ${isOver(NETWORK_PERIOD)}
  ) then 0 else 1 end)`
  const whole = counted(sql`select account, '', 1 from (${account}) as tried`, ACCOUNT_PERIOD, isNew)
  const pair = counted(sql`select account, ${given('network')}, 1 from whole`, NETWORK_PERIOD)
  const isStranger = sql`coalesce(pair.last_success_at <= now() - ${ACQUAINTANCE}, true)`
  const verdict = sql`
    select greatest(
      ${secondsWhere(sql`pair.failures > ${sql.raw(FAILURES_PER_PAIR)}`, sql`pair.since + ${NETWORK_PERIOD}`)},
      ${secondsWhere(sql`whole.failures > ${sql.raw(FAILURES_PER_ACCOUNT)} and ${isStranger}`, sql`whole.since + ${ACCOUNT_PERIOD}`)}
    )::int as seconds_to_wait
    from pair, whole`
  return { whole, pair, verdict }
}

/**
 * Steps that count failures of secrets other than an account's password. `failures` is a query of rows `account`, `network`
 * and `failures`, with 0 for a right secret. The verdict uses the earlier counts: a locked-out network is refused even with
 * the right secret. A row that is already locked out is not written, and a locked-out network writes nothing: otherwise
 * made-up serial numbers would fill the table.
 */
export function countedFailures(failures: SQL) {
  const isMany = (failures: SQL) => sql`${failures} >= ${sql.raw(FAILURES_PER_PAIR)}`
  const tried = sql`
    select failed.*, kept.since, coalesce(${isMany(sql`kept.failures`)} and not ${isOver(NETWORK_PERIOD)}, false) as is_closed
    from (${failures}) as failed (account, network, failures)
    left join ${signInAttempts} as kept on kept.account = failed.account and kept.network = failed.network`
  const open = sql`
    select account, network, failures from tried
    where not is_closed and not exists (select from tried where is_closed and network <> '')`
  const verdict = sql`
    select max(${secondsWhere(sql`is_closed`, sql`since + ${NETWORK_PERIOD}`)})::int as seconds_to_wait
    from (
      select is_closed, since from tried where is_closed
      union all
      select ${isMany(sql`before`)}, since from counted
    ) as all_tried`
  return { tried, counted: counted(open, NETWORK_PERIOD), verdict }
}

/**
 * The verdict of `countedTry` and `countedFailures`: the seconds to wait, 0 for a try that counts, null without a try.
 */
export const secondsToWait = sql<number | null>`(select seconds_to_wait from verdict)`

/** @throws throttled if the verdict on a counted try is to wait */
export function refuseGuess(secondsToWait: number | null, { isThrottlingOn }: Attempt) {
  if (secondsToWait !== null && secondsToWait > 0 && isThrottlingOn) throw problems.throttled(secondsToWait)
}

/**
 * A step: the account with the given `email`, in any letter case. Two of Django's rows may differ only in letter case; then
 * the exact spelling wins.
 */
export const person = sql`
  select * from ${users}
  where ${lowered(users.email)} = ${lowered(given('email'))} or email = ${given('email')}
  order by email = ${given('email')} desc, id limit 1`

const attempting = writing(() => ({
  steps: {
    person,
    ...countedTry(sql`select coalesce((select id::text from person), ${given('nobody')}) as account`),
  },
  answers: {
    person: oneOf<Row<typeof users>>(sql`select ${columnsOf(users)} from person`),
    secondsToWait,
  },
}))

/**
 * Returns the account with an email, in any letter case, or null, and counts the attempt in the same statement.
 * @throws throttled if the network or the whole account has too many failures; failures of others do not lock out a network
 * that signed in to the account recently
 */
export async function attemptSignIn(db: Db, attempt: Attempt, email: string) {
  const [nobody, network] = await Promise.all([
    keyedHash(`account ${email.toLowerCase()}`, attempt),
    networkKey(attempt),
  ])
  const { person, secondsToWait } = await attempting(db, { email, nobody, network })
  refuseGuess(secondsToWait, attempt)
  return person
}

const forgiven = {
  whole: sql`
    update ${signInAttempts} set failures = greatest(0, failures - coalesce((
      select failures from ${signInAttempts} as pair
      where pair.account = ${given('account')} and pair.network = ${given('network')}), 0))
    where account = ${given('account')} and network = '' returning account`,
  pair: sql`
    update ${signInAttempts} set failures = 0, last_success_at = now()
    where account in (select account from whole) and network = ${given('network')} returning account`,
}
const isForgiven = sql<boolean>`exists (select from pair)`

const forgiving = writing(() => ({ steps: forgiven, answers: { isForgiven } }))

const remembering = writing(() => ({
  steps: {
    ...forgiven,
    person: sql`
      update ${users} set
        last_login = now(),
        password = case when password = ${given('oldHash')} then coalesce(${given('newHash')}, password) else password end
      where id = ${given('account', 'bigint')} returning id`,
  },
  answers: { isForgiven },
}))

type Account = { id: number; password: string }

/** Takes back the failure that was counted for a right password, and stores its network. Runs after the answer. */
export async function forgiveTry(db: Db, { id }: Pick<Account, 'id'>, attempt: Attempt) {
  await forgiving(db, { account: String(id), network: await networkKey(attempt) }).catch(logForgotten)
}

/** As `forgiveTry`, for a sign-in: also stores its time. `newHash` replaces an outdated hash. */
export async function rememberSuccess(db: Db, account: Account, newHash: string | null, attempt: Attempt) {
  const network = await networkKey(attempt)
  const values = { account: String(account.id), network, oldHash: account.password, newHash }
  await remembering(db, values).catch(logForgotten)
}

const logForgotten = ({ sqlstate, reason }: DatabaseError) =>
  log.error({ event: 'sign_in_not_remembered', sqlstate, reason })

/** Deletes expired attempts. */
export const forgetOldAttempts = forgetting(
  signInAttempts,
  sql`since <= now() - ${ACCOUNT_PERIOD} and coalesce(last_success_at <= now() - ${ACQUAINTANCE}, true)`,
)

/** The network as the table stores it. */
export const networkKey = (attempt: Pick<Attempt, 'network' | 'secret'>) =>
  keyedHash(`network ${attempt.network}`, attempt)

/** A keyed hash: a reader of the table, or of a copy, learns no address and no email that somebody tried. */
export async function keyedHash(text: string, { secret }: Pick<Attempt, 'secret'>) {
  const bytes = await crypto.subtle.sign(
    'HMAC',
    await importKey(secret),
    new TextEncoder().encode(`sign-in ${text}`),
  )
  return new Uint8Array(bytes).toBase64()
}
