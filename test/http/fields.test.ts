import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { text } from '../../src/http/fields.ts'
import { send } from '../support/client.ts'
import {
  aCamera,
  aRule,
  aUser,
  newEmail,
  propertyOf,
  type User,
  PASSWORD,
  sql,
} from '../support/factories.ts'

const REQUIRED = 'This field is required.'
const NULL = 'This field may not be null.'
const BLANK = 'This field may not be blank.'
const NO_TEXT = 'Not a valid string.'
const NO_EMAIL = 'Enter a valid email address.'
const NO_BOOLEAN = 'Must be a valid boolean.'
const NULL_CHARACTER = 'Null characters are not allowed.'
const tooLong = (max: number) => `Ensure this field has no more than ${max} characters.`
const surrogate = (code: string) => `Surrogate characters are not allowed: U+${code}.`

type Field =
  | 'location'
  | 'time_zone'
  | 'is_armed'
  | 'rule'
  | 'rule_nickname'
  | 'is_enabled'
  | 'cooldown_in_seconds'
  | 'snoozed_until'
  | 'importance'
  | 'first_name'
  | 'last_name'
  | 'email'

/** A user with a camera and a rule, and the path of the resource with the field. */
async function anOwnerOf(field: Field) {
  const owner = await aUser()
  const camera = await aCamera(owner)
  const rule = await aRule(owner, camera)
  const cameraPath = `/v1/cameras/${camera.publicCameraId}/`
  const rulePath = `${cameraPath}rules/${rule.publicRuleId}/`
  const userPath = `/v1/user/${owner.publicUserId}/`
  const path = {
    location: cameraPath,
    time_zone: cameraPath,
    is_armed: cameraPath,
    snoozed_until: cameraPath,
    rule: rulePath,
    rule_nickname: rulePath,
    is_enabled: rulePath,
    cooldown_in_seconds: rulePath,
    importance: rulePath,
    first_name: userPath,
    last_name: userPath,
    email: userPath,
  }[field]
  return { owner, path }
}

/** Asserts that a field accepts a value and stores `kept`. */
async function expectTaken(field: Field, sent: unknown, kept: unknown) {
  const { owner, path } = await anOwnerOf(field)
  const { status, body } = await send('PATCH', path, { token: owner.access, json: { [field]: sent } })
  expect([status, body[field]]).toEqual([200, kept])
  expect((await send('GET', path, { token: owner.access })).body).toEqual(body)
}

/** Asserts that a field refuses a value with these words, and that nothing changes. */
async function expectRefused(field: Field, sent: unknown, words: string[]) {
  const { owner, path } = await anOwnerOf(field)
  const before = await propertyOf(owner)
  const { status, body } = await send('PATCH', path, { token: owner.access, json: { [field]: sent } })
  expect([status, body]).toEqual([400, { [field]: words }])
  expect(await propertyOf(owner)).toEqual(before)
}

const TEXTS = [
  ['location', 100],
  ['rule', 240],
  ['rule_nickname', 240],
  ['first_name', 150],
  ['last_name', 150],
] as const

describe.each(TEXTS)('%s, of at most %i characters,', (field, max) => {
  it.each([
    ['letters', 'x'],
    ['characters beyond the first plane', '🏠'],
    ['characters of two bytes', 'é'],
  ])(`takes ${max} %s`, (_, character) => {
    const value = character.repeat(max)
    return expectTaken(field, value, value)
  })

  it(`takes ${max} characters between spaces`, () =>
    expectTaken(field, ` \t\u3000${'x'.repeat(max)}\u00a0\r\n`, 'x'.repeat(max)))

  it.each([
    ['letters', 'x'],
    ['characters beyond the first plane', '🏠'],
  ])(`refuses ${max + 1} %s`, (_, character) =>
    expectRefused(field, character.repeat(max + 1), [tooLong(max)]),
  )

  it(`refuses ${max + 1} characters between spaces`, () =>
    expectRefused(field, `  ${'x'.repeat(max + 1)}  `, [tooLong(max)]))

  it('counts spaces within a text', () => expectRefused(field, `x${' '.repeat(max - 1)}x`, [tooLong(max)]))

  it('refuses null', () => expectRefused(field, null, [NULL]))

  it.each([[true], [false], [[]], [['Attic']], [{}], [{ text: 'Attic' }]])('refuses %j', (value) =>
    expectRefused(field, value, [NO_TEXT]),
  )

  it.each(['\0', 'At\0tic', 'Attic\0', ' \0 '])('refuses %j for its null character', (value) =>
    expectRefused(field, value, [NULL_CHARACTER]),
  )

  it.each([
    ['\ud800', 'D800'],
    ['Attic \udfff', 'DFFF'],
    ['\udc00\ud800', 'DC00'],
    ['🏠\ud83c', 'D83C'],
    ['\udfe0\ud83c', 'DFE0'],
  ])('refuses %j for its lone surrogate', (value, code) => expectRefused(field, value, [surrogate(code)]))

  it('names all that is wrong, in one order', () =>
    expectRefused(field, `\udfff\ud800\0${'x'.repeat(max)}`, [
      tooLong(max),
      NULL_CHARACTER,
      surrogate('DFFF'),
    ]))
})

describe.each(['location', 'rule', 'rule_nickname'] as const)('%s', (field) => {
  it.each(['', ' ', '\t\n\v\f\r\x1c\x1d\x1e\x1f\x20\x85\xa0\u1680\u2003\u2028\u2029\u202f\u205f\u3000'])(
    'refuses the blank %j',
    (value) => expectRefused(field, value, [BLANK]),
  )
})

describe.each(['first_name', 'last_name'] as const)('%s', (field) => {
  it.each(['', ' \u3000 '])('may be blank: %j', (value) => expectTaken(field, value, ''))
})

describe('a number for a text', () => {
  it.each([
    ['5', '5'],
    ['0', '0'],
    ['-0', '0'],
    ['1.50', '1.5'],
    ['1e21', '1e+21'],
    ['0.0000001', '1e-7'],
    ['12345678901234567890', '12345678901234567000'],
  ])('is taken as JavaScript writes it: %s', async (number, written) => {
    const { owner, path } = await anOwnerOf('location')
    const { status, body } = await send('PATCH', path, {
      token: owner.access,
      body: `{"location":${number}}`,
      headers: { 'Content-Type': 'application/json' },
    })
    expect([status, body.location]).toEqual([200, written])
  })
})

const NO_INTEGER = 'A valid integer is required.'
const NO_DATETIME =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'
const noChoice = (sent: string) => `"${sent}" is not a valid choice.`

describe('cooldown_in_seconds', () => {
  it.each([
    [0, 0],
    [86_400, 86_400],
    ['60', 60],
    [' 60 ', 60],
    ['+60', 60],
    ['60.0', 60],
    [60.0, 60],
  ])('takes %j', (sent, kept) => expectTaken('cooldown_in_seconds', sent, kept))

  it.each([
    [null, NULL],
    ['', NO_INTEGER],
    ['a minute', NO_INTEGER],
    [1.5, NO_INTEGER],
    ['1e3', NO_INTEGER],
    [true, NO_INTEGER],
    [[60], NO_INTEGER],
    [1e300, NO_INTEGER],
    ['9'.repeat(2000), NO_INTEGER],
    [-1, 'Ensure this value is greater than or equal to 0.'],
    [86_401, 'Ensure this value is less than or equal to 86400.'],
    [1e14, 'Ensure this value is less than or equal to 86400.'],
  ])('refuses %j', (sent, words) => expectRefused('cooldown_in_seconds', sent, [words]))
})

describe('importance', () => {
  it.each(['normal', 'time_sensitive', 'passive'])('takes %s', (word) =>
    expectTaken('importance', word, word),
  )

  it.each([
    ['loud', noChoice('loud')],
    ['Normal', noChoice('Normal')],
    ['', noChoice('')],
    [1, noChoice('1')],
    [{ toString: 0 }, noChoice('{"toString":0}')],
    [[{ toString: null }], noChoice('[{"toString":null}]')],
    ['x\ud800', noChoice('x\ufffd')],
    ['x'.repeat(500), noChoice('x'.repeat(100))],
    [null, NULL],
  ])('refuses %j', (sent, words) => expectRefused('importance', sent, [words]))

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('refuses what is as deep as a body can be, in %s', async (_, open, close) => {
    const { owner, path } = await anOwnerOf('importance')
    const depth = Math.floor(65_000 / (open.length + 1))
    const { status, body } = await send('PATCH', path, {
      token: owner.access,
      body: `{"importance":${open.repeat(depth)}${open === '[' ? '' : 0}${close.repeat(depth)}}`,
      headers: { 'Content-Type': 'application/json' },
    })
    expect([status, body]).toEqual([400, { importance: [noChoice(open.repeat(100).slice(0, 100))] }])
  })
})

describe('snoozed_until', () => {
  it.each([
    ['2030-01-02T03:04:05Z', '2030-01-02T03:04:05Z'],
    ['2030-01-02T03:04Z', '2030-01-02T03:04:00Z'],
    ['2030-01-02T03:04:05.678Z', '2030-01-02T03:04:05.678000Z'],
    ['2030-01-02T03:04:05.123456789Z', '2030-01-02T03:04:05.123457Z'],
    ['2030-01-02t03:04:05.123456z', '2030-01-02T03:04:05.123456Z'],
    ['2030-01-02T03:04:05+05:30', '2030-01-01T21:34:05Z'],
    ['2028-02-29T00:00:00-01:00', '2028-02-29T01:00:00Z'],
    ['9999-12-31T23:59:59-12:00', '9999-12-31T23:59:59.999999Z'],
    [null, null],
  ])('takes %j', (sent, kept) => expectTaken('snoozed_until', sent, kept))

  it.each([
    '',
    'tomorrow',
    '2030-01-02',
    '2030-01-02T03:04:05',
    '2030-02-29T00:00:00Z',
    '2030-13-01T00:00:00Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:00:00+25:00',
    '2030-01-01T00:00:00+16:00',
    '2030-01-01T00:00:00-16:00',
    '0000-01-01T00:00:00Z',
    `2030-01-01T00:00:00.${'1'.repeat(300)}Z`,
    '2030-01-01T00:00:00.1234567890Z',
    'infinity',
    1_800_000_000,
    true,
  ])('refuses %j', (sent) => expectRefused('snoozed_until', sent, [NO_DATETIME]))
})

describe('time_zone', () => {
  it.each([['Europe/Berlin'], ['UTC'], ['America/Argentina/Buenos_Aires'], ['Asia/Kolkata'], [null]])(
    'takes %j',
    (name) => expectTaken('time_zone', name, name),
  )

  it.each([
    ['Mars/Olympus', [noChoice('Mars/Olympus')]],
    ['+01:00', [noChoice('+01:00')]],
    ['', [BLANK]],
    [true, [NO_TEXT]],
  ])('refuses %j', (sent, words) => expectRefused('time_zone', sent, words))
})

describe('is_armed', () => {
  it.each([
    [false, false],
    ['off', false],
    ['1', true],
  ])('takes %j', (sent, kept) => expectTaken('is_armed', sent, kept))

  it.each([
    ['maybe', NO_BOOLEAN],
    [null, NULL],
  ])('refuses %j', (sent, words) => expectRefused('is_armed', sent, [words]))
})

describe('trimming', () => {
  it('takes away what Python’s str.strip takes away, and nothing else', () => {
    const trimmed = Array.from({ length: 0x1_0000 }, (_, code) => code).filter((code) => {
      const character = String.fromCodePoint(code)
      const { data } = z.safeParse(text(), `${character}Attic${character}`)
      return data === 'Attic'
    })
    const ascii = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20]
    const widths = [0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a]
    const others = [0x2028, 0x2029, 0x202f, 0x205f, 0x3000]
    expect(trimmed).toEqual([...ascii, 0x85, 0xa0, 0x1680, ...widths, ...others])
  })

  it('takes away every space at either end, and none between', () =>
    expectTaken('location', '\x1c \x85Front\x85 \tDoor\u2028\n', 'Front\x85 \tDoor'))

  it.each(['\ufeffAttic\ufeff', '\u200bAttic\u200b', '\x1bAttic', '\u180eAttic', '\ufeff', '\u200b'])(
    'leaves %j as it is',
    (value) => expectTaken('location', value, value),
  )
})

describe('is_enabled', () => {
  const words = (all: string[]) => all.flatMap((word) => [word, word.toUpperCase(), capitalised(word)])
  const capitalised = (word: string) => word.slice(0, -1) + word.slice(-1).toUpperCase()

  it.each([true, 1, ...new Set(words(['true', 't', 'yes', 'y', 'on', '1']))])('reads %j as true', (value) =>
    expectTaken('is_enabled', value, true),
  )

  it.each([false, 0, ...new Set(words(['false', 'f', 'no', 'n', 'off', '0']))])(
    'reads %j as false',
    (value) => expectTaken('is_enabled', value, false),
  )

  it.each([[''], [' '], [' true'], ['true '], ['null'], ['2'], ['01'], ['1.0'], ['yess'], ['enabled']])(
    'refuses the text %j',
    (value) => expectRefused('is_enabled', value, [NO_BOOLEAN]),
  )

  it.each([[2], [-1], [0.5], [[]], [[true]], [{}]])('refuses %j', (value) =>
    expectRefused('is_enabled', value, [NO_BOOLEAN]),
  )

  it('refuses null', () => expectRefused('is_enabled', null, [NULL]))
})

describe('an email', () => {
  it.each([
    'email@here.com',
    'weirder-email@here.and.there.com',
    "!#$%&'*+/=?^_`{|}~-@here.com",
    'a.b.c@here.com',
    'a@b.co',
    'example@valid-----hyphens.com',
    'example@valid-with-hyphens.com',
    'a@3com.de',
    'a@xn--4ca.com',
    'a@here.xn--p1ai',
    'a@here.xn--11b4c3d',
    'a@here.c-m',
    'a@bücher.de',
    'a@例え.テスト',
    'a@उदाहरण.परीक्षा',
    'test@domain.with.idn.tld.उदाहरण.परीक्षा',
    'ıſ@here.com',
    'a@localhost',
    '"test@test"@here.com',
    '"a\\ b"@here.com',
    '""@here.com',
    '"\\\t"@here.com',
    '"\\""@here.com',
    'a@[127.0.0.1]',
    'a@[255.255.255.255]',
    'a@[::1]',
    'a@[2001:db8::2]',
    'a@[1:2:3:4:5:6:7:8]',
    'a@[::ffff:127.0.0.1]',
    `a@${'x'.repeat(63)}.com`,
    `a@here.${'x'.repeat(63)}`,
    `${'x'.repeat(100)}@here.com`,
  ])('may be %s', (address) => expectTaken('email', address, address))

  it.each([
    'abc',
    'abc@',
    '@here.com',
    'abc@bar',
    'a @x.cz',
    'abc@.com',
    'abc@here..com',
    'abc@here.com.',
    'something@@somewhere.com',
    'a@b@here.com',
    '.a@here.com',
    'a.@here.com',
    'a..b@here.com',
    'a(b)@here.com',
    'a,b@here.com',
    'a;b@here.com',
    'a<b>@here.com',
    'jane <jane@here.com>',
    'jané@here.com',
    '🏠@here.com',
    'a@🏠.com',
    'a@here_there.com',
    'a@here there.com',
    'a@invalid-.com',
    'a@-invalid.com',
    'a@inv-.alid-.com',
    'a@inv-.-alid.com',
    'a@here.-com',
    'a@here.com-',
    'a@here.c',
    'a@here.c1',
    'a@here.123',
    'a@here.xn--',
    'a@here.com:8000',
    'a@here.com/path',
    `a@${'x'.repeat(64)}.com`,
    `a@here.${'x'.repeat(64)}`,
    'a@127.0.0.1',
    'a@[127.0.0.256]',
    'a@[127.0.0.01]',
    'a@[127.0.1]',
    'a@[127.0.0.1',
    'a@[127.0.0.1]x',
    'a@[]',
    'a@[::127.0.0.256]',
    'a@[2001:dg8::1]',
    'a@[1:2:3:4:5:6:7]',
    'a@[1::2::3]',
    'a@[IPv6:::1]',
    'a@[fe80::1%25eth0]',
    '"a"b"@here.com',
    '"a\\"@here.com',
    '"a\tb"@here.com',
    '"a\\\n"@here.com',
    'a\n@here.com',
    '\ufeffa@here.com',
    'a@here\x80.com',
  ])('is not %j', (address) => expectRefused('email', address, [NO_EMAIL]))

  it('is trimmed, lower-cased, and becomes the username', async () => {
    const { owner, path } = await anOwnerOf('email')
    const email = newEmail()
    const { status, body } = await send('PATCH', path, {
      token: owner.access,
      json: { email: ` \u3000${email.toUpperCase()}\n` },
    })
    expect([status, body.email]).toEqual([200, email])
    expect((await propertyOf(owner)).account).toEqual([expect.objectContaining({ email, username: email })])
  })

  const longEmail = (length: number) => {
    const email = newEmail()
    return 'x'.repeat(length - email.length) + email
  }

  it('may have 150 characters', async () => {
    const email = longEmail(150)
    await expectTaken('email', ` ${email} `, email)
  })

  it('may not have 151 characters', () => expectRefused('email', longEmail(151), [tooLong(150)]))

  it.each([
    [null, [NULL]],
    ['', [BLANK]],
    [' \u3000 ', [BLANK]],
    [true, [NO_EMAIL]],
    [false, [NO_EMAIL]],
    [[], [NO_EMAIL]],
    [['a@here.com'], [NO_EMAIL]],
    [{}, [NO_EMAIL]],
    [5, [NO_EMAIL]],
    ['x'.repeat(151), [tooLong(150), NO_EMAIL]],
    ['a\0@here.com', [NULL_CHARACTER, NO_EMAIL]],
    ['a\ud800@here.com', [surrogate('D800'), NO_EMAIL]],
    [`${'x'.repeat(150)}\0\udfff`, [tooLong(150), NULL_CHARACTER, surrogate('DFFF'), NO_EMAIL]],
  ])('%j is refused: %j', (value, words) => expectRefused('email', value, words))

  it.each(['as it is stored', 'in another letter case', 'where the stored one has capitals'])(
    'may not be another account’s, %s',
    async (spelling) => {
      const stored = spelling === 'where the stored one has capitals' ? newEmail().toUpperCase() : newEmail()
      await aUser({ email: stored })
      const sent = spelling === 'in another letter case' ? stored.toUpperCase() : stored
      await expectRefused('email', sent, ['A user with that email already exists.'])
    },
  )

  it('may be one’s own, in another letter case', async () => {
    const { owner, path } = await anOwnerOf('email')
    const { status, body } = await send('PATCH', path, {
      token: owner.access,
      json: { email: owner.email.toUpperCase() },
    })
    expect([status, body.email]).toEqual([200, owner.email])
  })
})

describe('one answer', () => {
  it('names the faults of all fields of a rule', async () => {
    const owner = await aUser()
    const { publicCameraId } = await aCamera(owner)
    const { status, body } = await send('POST', `/v1/cameras/${publicCameraId}/rules/`, {
      token: owner.access,
      json: { rule: 'x'.repeat(241), is_enabled: 'maybe' },
    })
    expect(status).toBe(400)
    expect(body).toEqual({ rule: [tooLong(240)], rule_nickname: [REQUIRED], is_enabled: [NO_BOOLEAN] })
    expect((await propertyOf(owner)).rules).toEqual([])
  })

  it('names the faults of all fields of a registration, a taken email and a bad password among them', async () => {
    const { email } = await aUser()
    const { status, body } = await send('POST', '/v1/auth/register/', {
      json: { email: email.toUpperCase(), password: '1234567', first_name: null, last_name: 'x'.repeat(151) },
    })
    expect(status).toBe(400)
    expect(body).toEqual({
      email: ['A user with that email already exists.'],
      password: [
        'This password is too short. It must contain at least 8 characters.',
        'This password is too common.',
        'This password is entirely numeric.',
      ],
      first_name: [NULL],
      last_name: [tooLong(150)],
    })
  })

  it('names the faults of all fields of an account, a taken email among them', async () => {
    const [{ owner, path }, { email }] = [await anOwnerOf('email'), await aUser()]
    const before = await propertyOf(owner)
    const { status, body } = await send('PUT', path, {
      token: owner.access,
      json: { email, first_name: 7.5, last_name: ['Doe'] },
    })
    expect(status).toBe(400)
    expect(body).toEqual({ email: ['A user with that email already exists.'], last_name: [NO_TEXT] })
    expect(await propertyOf(owner)).toEqual(before)
  })
})

describe('what is missing', () => {
  it.each([
    ['/v1/auth/register/', ['email', 'password']],
    ['/v1/auth/token/', ['email', 'password']],
    ['/v1/auth/token/refresh/', ['refresh']],
  ])('is named by POST %s: %j', async (path, fields) => {
    const { status, body } = await send('POST', path, { json: {} })
    expect([status, body]).toEqual([400, Object.fromEntries(fields.map((field) => [field, [REQUIRED]]))])
  })

  const needsOf = (user: User, cameraId: string, ruleId: string): [string, string, string[]][] => [
    ['POST', '/v1/cameras/', ['location']],
    ['PUT', `/v1/cameras/${cameraId}/`, ['location']],
    ['POST', `/v1/cameras/${cameraId}/rules/`, ['rule', 'rule_nickname']],
    ['PUT', `/v1/cameras/${cameraId}/rules/${ruleId}/`, ['rule', 'rule_nickname']],
    ['PUT', `/v1/user/${user.publicUserId}/`, ['email']],
  ]

  it('is named by every POST and PUT, and by no PATCH', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const rule = await aRule(owner, camera)
    const before = await propertyOf(owner)
    for (const [method, path, fields] of needsOf(owner, camera.publicCameraId, rule.publicRuleId)) {
      const { status, body } = await send(method, path, { token: owner.access, json: {} })
      const faults = Object.fromEntries(fields.map((field) => [field, [REQUIRED]]))
      expect([method, path, status, body]).toEqual([method, path, 400, faults])
      if (method === 'POST') continue
      expect((await send('PATCH', path, { token: owner.access, json: {} })).status).toBe(200)
    }
    expect(await propertyOf(owner)).toEqual(before)
  })
})

describe.each([
  ['POST', '/v1/cameras/', { location: 'Attic' }, 'location', 100],
  ['POST', '/v1/auth/register/', { email: 'a@here.com', password: PASSWORD }, 'first_name', 150],
  ['POST', '/v1/auth/register/', { email: 'a@here.com', password: PASSWORD }, 'last_name', 150],
] as const)('%s %s', (method, path, json, field, max) => {
  it(`refuses a ${field} of ${max + 1} characters`, async () => {
    const user = await aUser()
    const { status, body } = await send(method, path, {
      token: user.access,
      json: { ...json, [field]: '🏠'.repeat(max + 1) },
    })
    expect([status, body[field]]).toEqual([400, [tooLong(max)]])
    expect((await propertyOf(user)).cameras).toEqual([])
  })
})

describe('a registration', () => {
  it.each([
    [null, [NULL]],
    [' ', [BLANK]],
    [true, [NO_EMAIL]],
    [[], [NO_EMAIL]],
    ['jane', [NO_EMAIL]],
    [`${'x'.repeat(142)}@here.com`, [tooLong(150)]],
  ])('refuses the email %j', async (email, words) => {
    const { status, body } = await send('POST', '/v1/auth/register/', { json: { email, password: PASSWORD } })
    expect([status, body]).toEqual([400, { email: words }])
  })

  it.each([
    [null, [NULL]],
    ['', [BLANK]],
    [' \u3000 ', [BLANK]],
    [true, [NO_TEXT]],
    [[], [NO_TEXT]],
    [{}, [NO_TEXT]],
    ['plain-sailing-77\0', [NULL_CHARACTER]],
    ['plain-sailing-77\ud800', [surrogate('D800')]],
  ])('refuses the password %j', async (password, words) => {
    const email = newEmail()
    const { status, body } = await send('POST', '/v1/auth/register/', { json: { email, password } })
    expect([status, body]).toEqual([400, { password: words }])
    expect(await sql`select from users where email = ${email}`).toEqual([])
  })

  it('takes an email of 150 characters, names of 150, and trims them', async () => {
    const email = newEmail()
    const long = 'x'.repeat(150 - email.length) + email
    const name = '🏠'.repeat(150)
    const { status, body } = await send('POST', '/v1/auth/register/', {
      json: {
        email: ` ${long.toUpperCase()} `,
        password: PASSWORD,
        first_name: `\t${name}\n`,
        last_name: name,
      },
    })
    expect([status, body.email, body.first_name, body.last_name]).toEqual([201, long, name, name])
    expect(await sql`select email, username, first_name, last_name from users where email = ${long}`).toEqual(
      [{ email: long, username: long, first_name: name, last_name: name }],
    )
  })

  it('may leave its names out, or blank', async () => {
    const email = newEmail()
    const { status, body } = await send('POST', '/v1/auth/register/', {
      json: { email, password: PASSWORD, last_name: '  ' },
    })
    expect([status, body.first_name, body.last_name]).toEqual([201, '', ''])
  })
})

describe.each([
  ['/v1/auth/token/', 'email', { password: PASSWORD }],
  ['/v1/auth/token/', 'password', { email: 'jane@here.com' }],
  ['/v1/auth/token/refresh/', 'refresh', {}],
])('%s', (path, field, rest) => {
  it.each([
    [null, [NULL]],
    ['', [BLANK]],
    [' \u3000 ', [BLANK]],
    [true, [NO_TEXT]],
    [[], [NO_TEXT]],
    [{}, [NO_TEXT]],
    ['a\0b', [NULL_CHARACTER]],
    ['a\udfffb', [surrogate('DFFF')]],
  ])(`refuses %j for ${field}`, async (value, words) => {
    const { status, body } = await send('POST', path, { json: { ...rest, [field]: value } })
    expect([status, body]).toEqual([400, { [field]: words }])
  })

  it.each([['x'], [5], ['x'.repeat(10_000)]])(`wants any text for ${field}`, async (value) => {
    const { status } = await send('POST', path, { json: { ...rest, [field]: value } })
    expect(status).toBe(401)
  })
})
