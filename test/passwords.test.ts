import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { rememberSignIn } from '../src/auth/account.ts'
import { passwordFaults } from '../src/auth/password-rules.ts'
import { hashPassword, isOutdated, verifyPassword } from '../src/auth/passwords.ts'
import { connect } from '../src/db/client.ts'
import { AS_DEPLOYED, send } from './support/client.ts'
import { aUser, newEmail, PASSWORD, sql } from './support/factories.ts'

const TOO_SHORT = 'This password is too short. It must contain at least 8 characters.'
const TOO_COMMON = 'This password is too common.'
const NUMERIC = 'This password is entirely numeric.'
const SIMILAR = {
  email: 'The password is too similar to the email address.',
  first_name: 'The password is too similar to the first name.',
  last_name: 'The password is too similar to the last name.',
}

// Made with Python's hashlib, like Django's hashes.
const DJANGO = {
  1: 'pbkdf2_sha256$1$seasalt$VB2z1cWyg6JPivsHpJZ0IinMhD3s0sodS3ZDUcwadyY=',
  1000: 'pbkdf2_sha256$1000$seasalt$sdliV989E7V05NV2B1yUKKCrfopPH4z0p0m+3UCptG8=',
  100_000: 'pbkdf2_sha256$100000$seasalt$bO0ihVaOW87FDnL/mbkG+9Bjy/jM5v6EwxfhOrn1Xf4=',
  100_001: 'pbkdf2_sha256$100001$seasalt$KY7aUPzAuNZRl+TsL5KXPRNjyRcboulPA6+rgVQZNcg=',
  150_000: 'pbkdf2_sha256$150000$seasalt$t6kzECjhrmpMZa0pIjANfg903eIjkPzN01AEeM8sB/8=',
  2_000_001: 'pbkdf2_sha256$2000001$seasalt$ydAMSN9mthCoNbBVuCK3d2HeYxPorz4VS3lPJnMxPWE=',
}
const CHAIN = {
  '3x70000':
    'pbkdf2_sha512_chain$3x70000$AAECAwQFBgcICQoLDA0ODw==$Copdnhi4Orw7u2CG5QLA3v7X+kvtGGw/PaY2MzbGcdw=',
  '1x100000':
    'pbkdf2_sha512_chain$1x100000$AAECAwQFBgcICQoLDA0ODw==$fo6GVoa/VI9aWQJHrFNhk8DZzObPYTdaqHntdhFLtVY=',
  '20x100000':
    'pbkdf2_sha512_chain$20x100000$AAECAwQFBgcICQoLDA0ODw==$q88zOMAHevMtBvANpG1xmjzcLcxtEbi7aQWhxdBWkkQ=',
  '2x1000':
    'pbkdf2_sha512_chain$2x1000$AAECAwQFBgcICQoLDA0ODw==$b703CZzXz6+WE6TGU1kW+Nwu/muErBEvt+jb8rxLdGI=',
  '1x100001':
    'pbkdf2_sha512_chain$1x100001$AAECAwQFBgcICQoLDA0ODw==$UXcM6krlxFKIIglljND2eE2u8MmrJseS+/IR+jA5Yxg=',
  '3x100001':
    'pbkdf2_sha512_chain$3x100001$AAECAwQFBgcICQoLDA0ODw==$vsS4Hieicq/9B1YosoHrXHqcVy74RkS9rQFTDKSVboc=',
  '21x100000':
    'pbkdf2_sha512_chain$21x100000$AAECAwQFBgcICQoLDA0ODw==$RfHVATTXhJKJ48MK5KoCzJRq0ACpRkztsHFLWSzkKjc=',
}
const TODAYS = /^pbkdf2_sha512_chain\$3x70000\$[A-Za-z\d+/]{22}==\$[A-Za-z\d+/]{43}=$/

const signIn = (email: string, password = PASSWORD) =>
  send('POST', '/v1/auth/token/', { json: { email, password }, settings: AS_DEPLOYED })
const hashOf = async (id: number): Promise<string> =>
  (await sql`select password from users where id = ${id}`)[0]!.password

afterEach(() => vi.restoreAllMocks())

describe('a hash of ours', () => {
  it('names its scheme, cost, salt of 16 bytes and 32 bytes of hash, in at most 128 characters', async () => {
    const hash = await hashPassword(PASSWORD)
    expect(hash).toMatch(TODAYS)
    expect(hash.length).toBeLessThanOrEqual(128)
    expect(isOutdated(hash)).toBe(false)
  })

  it('has a salt of its own', async () => {
    const hashes = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)])
    const [first, second] = hashes.map((hash) => hash.split('$'))
    expect(first![2]).not.toBe(second![2])
    expect(first![3]).not.toBe(second![3])
  })

  it('is of three calls of 70,000 rounds of SHA-512, 210,000 in all', async () => {
    const calls = vi.spyOn(crypto.subtle, 'deriveBits')
    await hashPassword(PASSWORD)
    const cost = { name: 'PBKDF2', hash: 'SHA-512', iterations: 70_000 }
    expect(calls.mock.calls.map(([algorithm]) => algorithm)).toEqual(
      Array(3).fill(expect.objectContaining(cost)),
    )
  })

  it('verifies its password and no other', async () => {
    const hash = await hashPassword(PASSWORD)
    expect(await verifyPassword(PASSWORD, hash)).toBe(true)
    expect(await verifyPassword(`${PASSWORD} `, hash)).toBe(false)
    expect(await verifyPassword(PASSWORD.toUpperCase(), hash)).toBe(false)
  })

  it.each(Object.keys(CHAIN).slice(0, 4) as (keyof typeof CHAIN)[])(
    'is keyed by the call before it, as reckoned elsewhere: %s',
    async (cost) => {
      expect(await verifyPassword(PASSWORD, CHAIN[cost])).toBe(true)
      expect(await verifyPassword('plain-sailing-78', CHAIN[cost])).toBe(false)
    },
  )

  it('reads letters of every script as UTF-8', async () => {
    const hash =
      'pbkdf2_sha512_chain$3x70000$AAECAwQFBgcICQoLDA0ODw==$N82tF86ScyulJwH0V3HUzmm/nrKM0qRe2Cj09TIIMWE='
    expect(await verifyPassword('pässwörd-🦊', hash)).toBe(true)
  })

  it.each([
    ['3x70000', false],
    ['1x100000', true],
    ['20x100000', true],
    ['2x1000', true],
  ] as const)('at a cost of %s is outdated: %s', (cost, outdated) => {
    expect(isOutdated(CHAIN[cost])).toBe(outdated)
  })
})

describe('a hash of Django', () => {
  it.each([1, 1000, 100_000] as const)('verifies at %i rounds', async (rounds) => {
    expect(await verifyPassword(PASSWORD, DJANGO[rounds])).toBe(true)
    expect(await verifyPassword('plain-sailing-78', DJANGO[rounds])).toBe(false)
    expect(isOutdated(DJANGO[rounds])).toBe(true)
  })

  it('verifies at more rounds than Workers allow in one call', async () => {
    expect(await verifyPassword(PASSWORD, DJANGO[150_000])).toBe(true)
  })

  it.each([
    ['of letters of every script', 'pässwörd-🦊', 'Saltstreuer$zZEb5wSx6hXKyFAwmVkFu6gQ5VfmYG1NGIS8JBysgoo='],
    ['longer than a block', 'x'.repeat(200), 'seasalt$ryv8KjTGGqjBwB1YW4V+HlRVt99RrbLuzhy6NAR4V2A='],
  ])('verifies a password %s', async (_, password, saltAndHash) => {
    expect(await verifyPassword(password, `pbkdf2_sha256$1000$${saltAndHash}`)).toBe(true)
  })

  it('never asks Workers for more than 100,000 rounds in one call', async () => {
    const calls = vi.spyOn(crypto.subtle, 'deriveBits')
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    for (const stored of [DJANGO[100_000], CHAIN['1x100001'], CHAIN['3x100001'], DJANGO[100_001]])
      await verifyPassword(PASSWORD, stored)
    const rounds = calls.mock.calls.map(([algorithm]) => (algorithm as { iterations: number }).iterations)
    expect(Math.max(...rounds)).toBe(100_000)
  })
})

describe('a stored text that is no hash we read', () => {
  const [, , salt, hash] = DJANGO[1000].split('$')
  it.each([
    ['unusable', '!kYb1lWqVQn8wR0KJtVvD3m2c5Zr7hXsPoE4uTgAf'],
    ['empty', ''],
    ['the password itself', PASSWORD],
    ['of MD5', 'md5$seasalt$5f4dcc3b5aa765d61d8327deb882cf99'],
    ['of SHA-1', `pbkdf2_sha1$1000$${salt}$${hash}`],
    ['of argon2', 'argon2$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdA$c2Vhc2FsdHNlYXNhbHQ'],
    ['of bcrypt', 'bcrypt_sha256$$2b$12$abcdefghijklmnopqrstuuMK2bOdVbmzTwvLxj4dtGrLqEhqvbOKW'],
    ['of scrypt', 'scrypt$16384$seasalt$8$1$c2Vhc2FsdHNlYXNhbHQ='],
    ['of more than 2,000,000 rounds', DJANGO[2_000_001]],
    ['of a count beyond all numbers', `pbkdf2_sha256$${'9'.repeat(50)}$${salt}$${hash}`],
    ['of no rounds', `pbkdf2_sha256$0$${salt}$${hash}`],
    ['of fewer than no rounds', `pbkdf2_sha256$-1000$${salt}$${hash}`],
    ['of rounds written in another way', `pbkdf2_sha256$1e3$${salt}$${hash}`],
    ['of rounds that are no number', `pbkdf2_sha256$many$${salt}$${hash}`],
    ['cut after its rounds', 'pbkdf2_sha256$1000'],
    ['cut after its salt', 'pbkdf2_sha256$1000$seasalt'],
    ['with an empty hash', 'pbkdf2_sha256$1000$seasalt$'],
    ['with a hash that is no base64', 'pbkdf2_sha256$1000$seasalt$%%%%'],
    ['with half a hash', 'pbkdf2_sha256$1000$seasalt$sdliV989E7V05NV2B1yUKA=='],
    ['of our scheme in capitals', CHAIN['2x1000'].toUpperCase()],
    ['of ours beyond 100,000 rounds a call', CHAIN['1x100001']],
    ['of ours beyond 100,000 rounds in each of three', CHAIN['3x100001']],
    ['of ours beyond 2,000,000 rounds in all', CHAIN['21x100000']],
    ['of ours with no calls', CHAIN['2x1000'].replace('2x1000', '0x1000')],
    ['of ours with no rounds', CHAIN['2x1000'].replace('2x1000', '2x0')],
    ['of ours with one number', CHAIN['2x1000'].replace('2x1000', '2000')],
    ['of ours with no numbers', CHAIN['2x1000'].replace('2x1000', 'axb')],
    ['of ours with an empty hash', CHAIN['2x1000'].replace(/[^$]+$/, '')],
  ])('lets nobody in: %s', async (_, stored) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const user = await aUser({ password: stored })
    // None of these stored values is rehashed, whatever our hash costs.
    const json = { email: user.email, password: PASSWORD }
    const { status, body } = await send('POST', '/v1/auth/token/', { json })
    expect(status).toBe(401)
    expect(body).toEqual({ detail: 'No active account found with the given credentials' })
    expect(await hashOf(user.id)).toBe(stored)
  })
})

describe('signing in', () => {
  it('lets in an account of the Django service, and hashes its password anew', async () => {
    // A hash from the former service's database: 1,200,000 rounds.
    const old = 'pbkdf2_sha256$1200000$qtRsFGlPybagaXNCgn02dA$8J84b9IeQu13nf52YS9EtNUqbAvYNURLWIDVAy0BxTY='
    const { id, email } = await aUser({ password: old })

    expect((await signIn(email, 'AlicePass123!')).status).toBe(200)

    await vi.waitFor(async () => expect(await hashOf(id)).toMatch(TODAYS), 20_000)
    expect((await signIn(email, 'AlicePass123!')).status).toBe(200)
    expect((await signIn(email, 'BobsPass456?')).status).toBe(401)
  }, 180_000)

  it.each([
    ['of Django', DJANGO[1000]],
    ['of ours, at another cost', CHAIN['2x1000']],
  ])('hashes a password anew whose hash is %s', async (_, old) => {
    const user = await aUser({ password: old })
    expect((await signIn(user.email)).status).toBe(200)
    await vi.waitFor(async () => expect(await hashOf(user.id)).toMatch(TODAYS), 20_000)
    expect((await signIn(user.email)).status).toBe(200)
    const { status } = await send('GET', '/v1/users/', { token: user.access })
    expect(status).toBe(200)
  })

  it("leaves today's hash as it is", async () => {
    const user = await aUser({ password: await hashPassword(PASSWORD) })
    const before = await hashOf(user.id)
    await signIn(user.email)
    await vi.waitFor(async () => {
      const rows = await sql`select id from users where id = ${user.id} and last_login is not null`
      expect(rows).toHaveLength(1)
    }, 20_000)
    expect(await hashOf(user.id)).toBe(before)
  })

  it('leaves an old hash as it is where the password is wrong', async () => {
    const user = await aUser({ password: DJANGO[1000] })
    expect((await signIn(user.email, 'plain-sailing-78')).status).toBe(401)
    expect(await hashOf(user.id)).toBe(DJANGO[1000])
  })

  it('never brings back a password that was changed meanwhile', async () => {
    const { id } = await aUser()
    const changed = await hashPassword('calmer-waters-12')
    await sql`update users set password = ${changed} where id = ${id}`
    const attempt = { network: '', secret: env.JWT_SECRET, isThrottlingOn: false, afterAnswer: () => {} }

    await rememberSignIn(connect(env), attempt, { id, password: DJANGO[1000] }, PASSWORD)

    const [row] = await sql`select password from users where id = ${id}`
    expect(row).toEqual({ password: changed })
  })

  it('takes as long for an unknown, an inactive and an unusable account as for a wrong password', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const password = await hashPassword(PASSWORD)
    const [known, inactive, unusable] = await Promise.all([
      aUser({ password }),
      aUser({ password, isActive: false }),
      aUser({ password: '!unusable' }),
    ])
    const kinds: Record<string, [email: string, password: string]> = {
      wrong: [known.email, 'plain-sailing-78'],
      unknown: [newEmail(), PASSWORD],
      inactive: [inactive.email, PASSWORD],
      'inactive and wrong': [inactive.email, 'plain-sailing-78'],
      unusable: [unusable.email, PASSWORD],
    }
    const times = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]))

    /** Takes the minimum: other load on the machine only adds time, and more rounds get closer to the minimum. */
    const least = (kind: string) => Math.min(...times.get(kind)!)
    const different = () =>
      Object.keys(kinds).filter(
        (kind) => least(kind) < 0.75 * least('wrong') || least(kind) > 1.33 * least('wrong'),
      )

    // In turns, so that a busy moment affects all of them.
    for (let turn = 0; turn < 10 || (turn < 40 && different().length > 0); turn++)
      for (const [kind, [email, password]] of Object.entries(kinds)) {
        const start = performance.now()
        const { status } = await signIn(email, password)
        times.get(kind)!.push(performance.now() - start)
        expect(status).toBe(401)
      }

    expect(different()).toEqual([])
  }, 120_000)
})

describe('a new password', () => {
  const register = (json: object) => send('POST', '/v1/auth/register/', { json })

  it.each([
    ['of 7 characters', 'kf83#zq', [TOO_SHORT]],
    ['of 7 characters in 14 units', '🦊🐻🐼🐨🐯🦁🐮', [TOO_SHORT]],
    ['of 7 characters after trimming', ' kf83#zq ', [TOO_SHORT]],
    ['among the common', 'password1', [TOO_COMMON]],
    ['among the common, in other letters', 'PassWord1', [TOO_COMMON]],
    ['of digits', '48151623421', [NUMERIC]],
    ['of Arabic digits', '٤٨١٥١٦٢٣٤٢', [NUMERIC]],
    ['of Devanagari and Latin digits', '४८15162342', [NUMERIC]],
    ['of digits beyond the first plane', '𝟜𝟠𝟙𝟝𝟙𝟞𝟚𝟛𝟜𝟚', [NUMERIC]],
    ['short and common', 'abc123', [TOO_SHORT, TOO_COMMON]],
    ['common and numeric', '12345678', [TOO_COMMON, NUMERIC]],
    ['short and numeric', '4815162', [TOO_SHORT, NUMERIC]],
    ['short, common and numeric', '123456', [TOO_SHORT, TOO_COMMON, NUMERIC]],
    ['taken as a number', 123456, [TOO_SHORT, TOO_COMMON, NUMERIC]],
    ['missing', undefined, ['This field is required.']],
    ['null', null, ['This field may not be null.']],
    ['blank', ' \t\u3000', ['This field may not be blank.']],
    ['a boolean', true, ['Not a valid string.']],
    ['a list', [PASSWORD], ['Not a valid string.']],
    ['holding U+0000', `${PASSWORD}\0`, ['Null characters are not allowed.']],
    ['holding U+0000, and short', 'a\0', ['Null characters are not allowed.']],
    ['holding a lone surrogate', `${PASSWORD}\ud83d`, ['Surrogate characters are not allowed: U+D83D.']],
  ])('is refused where it is %s', async (_, password, words) => {
    const email = newEmail()
    const { status, body } = await register({ email, password })
    expect(status).toBe(400)
    expect(body).toEqual({ password: words })
    expect(await sql`select id from users where email = ${email}`).toEqual([])
  })

  it.each([
    ['of 8 characters', 'kf83#zqx'],
    ['of 8 characters in 16 units', '🦊🐻🐼🐨🐯🦁🐮🐷'],
    ['of 10,000 characters', 'kf83#zqx-'.repeat(1112).slice(0, 10_000)],
    ['of digits and one other', '4815162342x'],
    ['a common one and more', 'password1-of-mine'],
    ["the example of the service's own page", 'securepassword123'],
    ['of two common ones on two lines', 'password1\nfootball'],
  ])('is good where it is %s', async (_, password) => {
    const email = newEmail()
    expect((await register({ email, password })).status).toBe(201)
    expect((await signIn(email, password)).status).toBe(200)
  })

  it('is named similar to all that it is similar to, beside its other faults', async () => {
    const email = newEmail()
    const json = { email, password: 'Quixada', first_name: 'Quixada', last_name: 'Quixadas' }
    const { status, body } = await register(json)
    expect(status).toBe(400)
    expect(body).toEqual({ password: [TOO_SHORT, SIMILAR.first_name, SIMILAR.last_name] })
    expect(await sql`select id from users where email = ${email}`).toEqual([])
  })

  it('is refused where it is the email address itself', async () => {
    const email = newEmail()
    const { status, body } = await register({ email, password: email.toUpperCase() })
    expect(status).toBe(400)
    expect(body).toEqual({ password: [SIMILAR.email] })
    expect(await sql`select id from users where email = ${email}`).toEqual([])
  })

  it('is compared with no email that is itself refused', async () => {
    const { status, body } = await register({ email: 'wilhelmina', password: 'wilhelmina' })
    expect(status).toBe(400)
    expect(body).toEqual({ email: ['Enter a valid email address.'] })
  })

  // The verdicts of Django's UserAttributeSimilarityValidator at its 0.7, computed in Python.
  it.each([
    ['first_name', 'Wilhelmina', 'Wilhelmina', true],
    ['first_name', 'Wilhelmina', 'wilhelmina7', true],
    ['first_name', 'Wilhelmina', 'WILHELMINA-81', true],
    ['first_name', 'Wilhelmina', 'animlehliw', true],
    ['first_name', 'abcdefghij', 'abcdefgxyz', true],
    ['first_name', 'abcdefghij', 'abcdefwxyz', false],
    ['first_name', 'abcdefghij', 'gfedcbaxyz', true],
    ['first_name', 'abcdefghijk', 'abcdefgxyz', false],
    ['last_name', 'Fitz-Gerald', 'gerald#1', true],
    ['last_name', 'Fitz-Gerald', 'fitzgerald', true],
    ['last_name', 'O_Connor', 'o.connor', true],
    ['last_name', 'Anna Maria Lopez', 'xxmaria!', true],
    ['last_name', 'Anna Maria Lopez', 'mariamar', true],
    ['last_name', 'Ångström', 'ÅNGSTRÖM', true],
    ['last_name', 'Ångström', 'angstrom', true],
    ['last_name', 'Иванович', 'иванович', true],
    ['last_name', '🦊🦊🦊🦊🦊🦊🦊', '🦊🦊🦊🦊🦊🦊🦊🦊', true],
    ['first_name', 'Li', 'lililili', false],
    ['first_name', 'Bo', 'bobo-bobo-bobo-bobo-bobo', false],
    ['first_name', 'A', 'aaaaaaaa', false],
    ['first_name', 'aaaaaaaa', 'aaaabbbb', false],
    ['email', 'wilhelmina@example.com', 'example.com', true],
    ['email', 'wilhelmina@example.com', 'example1', true],
    ['email', 'wilhelmina@example.com', 'wilhelmin@', true],
    ['email', 'w.l@example.com', 'w.l@example.com1', true],
    ['email', 'kim@sailors.net', 'sailors-9', true],
    ['email', 'kim@sailors.net', '9-anchors', false],
    ['email', 'kim@sailors.net', 'plain-sailing-77', false],
    ['first_name', 'Kim', 'kimkim-77', false],
    ['first_name', 'Kim', 'kim1', true],
    ['first_name', 'naïve', 'naïve123', true],
    ['first_name', 'Mary-Jane', 'jane.mary', true],
    ['last_name', 'İstanbul', 'i̇stanbul', true],
    ['last_name', 'ééééé', 'eeeee123', false],
    ['first_name', 'abcdefg', 'abcdefghijklm', true],
    ['first_name', 'abcdefg', 'abcdefghijklmn', false],
    ['last_name', 'x²y²z²w²', 'x²y²z²w²', true],
    ['last_name', 'Δίκη Νίκη', 'νίκηνίκη', true],
  ] as const)('beside a %s of %j: %j is too similar: %s', async (field, value, password, isSimilar) => {
    const faults = await passwordFaults(password, { [field]: value }, env.ASSETS)
    const similar = faults.filter((words) => words.startsWith('The password is too similar'))
    expect(similar).toEqual(isSimilar ? [SIMILAR[field]] : [])
  })
})
