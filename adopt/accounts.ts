import type { ClientBase } from 'pg'
import { MAX_STORED_ROUNDS } from '../src/auth/passwords.ts'
import type { Finding } from './findings.ts'

/** The number of accounts that are named one by one. */
const NAMED = 20

/** Finds accounts that an operator should know of: those that can't sign in any more, and those that share an email. */
export async function lookAtAccounts(client: ClientBase): Promise<Finding[]> {
  const schemes = await client.query<{ scheme: string; accounts: number }>(`
    select count(*)::int as accounts,
      case when password like '!%' then 'unusable'
        when substring(password from '^pbkdf2_sha256\\$(\\d+)\\$')::numeric > ${MAX_STORED_ROUNDS}
          then 'pbkdf2_sha256 of more than ${MAX_STORED_ROUNDS} rounds'
        else coalesce(substring(password from '^(pbkdf2_sha256|pbkdf2_sha512_chain|argon2|bcrypt|bcrypt_sha256|scrypt|pbkdf2_sha1|md5|sha1)\\$'), 'unknown')
      end as scheme
    from users group by scheme order by accounts desc`)
  const twins = await client.query<{ email: string; ids: string; all: number }>(`
    select lower(email collate pg_unicode_fast) as email, string_agg(id::text, ', ' order by id) as ids, count(*) over ()::int as all
    from users group by 1 having count(*) > 1 order by 1 limit ${NAMED}`)
  const note = (kind: string, name: string, words: string): Finding => ({
    verdict: 'note',
    table: 'users',
    kind,
    name,
    words,
  })
  const more = (twins.rows[0]?.all ?? 0) - twins.rows.length
  return [
    ...schemes.rows
      .filter(({ scheme }) => !['pbkdf2_sha256', 'pbkdf2_sha512_chain'].includes(scheme))
      .map(({ scheme, accounts }) =>
        note('password', scheme, `accounts that can't sign in with it: ${accounts}`),
      ),
    ...twins.rows.map(({ email, ids }) =>
      note('email', email, `differs by letter case only: ids ${ids}; sign-in prefers the exact spelling`),
    ),
    ...(more > 0 ? [note('email', '', `${more} more that differ by letter case only`)] : []),
  ]
}
