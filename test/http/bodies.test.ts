import { describe, expect, it } from 'vitest'
import { type Options, send } from '../support/client.ts'
import { aCamera, aRule, aUser, newEmail, PASSWORD, propertyOf } from '../support/factories.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' }
const REQUIRED = { location: ['This field is required.'] }
const LIMIT = 64 * 1024

/** Posts a camera as a new user. */
async function postCamera(options: Options) {
  const owner = await aUser()
  const answer = await send('POST', '/v1/cameras/', { token: owner.access, ...options })
  const { cameras } = await propertyOf(owner)
  return { ...answer, locations: cameras.map(({ location }) => location) }
}

/** Asserts that a body is accepted and its location stored. */
async function expectLocation(options: Options, location: string) {
  const { status, body, locations } = await postCamera(options)
  expect([status, body.location]).toEqual([201, location])
  expect(locations).toEqual([location])
}

/** Asserts that a body is refused and nothing is stored. */
async function expectRefused(options: Options, status: number, body: unknown) {
  const answer = await postCamera(options)
  expect([answer.status, answer.body]).toEqual([status, body])
  expect(answer.locations).toEqual([])
}

/** The bytes of a multipart body. */
const multipart = (...parts: [string, string][]) =>
  `${parts
    .map(([name, value]) => `--Bound\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('')}--Bound--\r\n`

describe('a JSON body', () => {
  it.each([
    'application/json',
    'APPLICATION/JSON',
    'Application/Json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8;odd="a;b"',
    'application/json ;',
    ' application/json ',
  ])('is read by the type %j', (type) =>
    expectLocation({ body: '{"location":"Café 🏠"}', headers: { 'Content-Type': type } }, 'Café 🏠'),
  )

  it.each([
    ['escapes', '{"location":"\\u0041\\ud83c\\udfe0\\n1"}', 'A🏠\n1'],
    ['blanks around it', ' \t\r\n{ "location" : "Attic" }\n', 'Attic'],
    ['the last of repeated keys', '{"location":"Cellar","location":"Attic"}', 'Attic'],
    ['an escaped key', '{"\\u006cocation":"Attic"}', 'Attic'],
    [
      'its own location beside that of a prototype',
      '{"__proto__":{"location":"Cellar"},"location":"Attic"}',
      'Attic',
    ],
    ['unknown keys', '{"constructor":1,"toString":null,"location":"Attic","":[]}', 'Attic'],
  ])('may hold %s', (_, body, location) => expectLocation({ body, headers: JSON_TYPE }, location))

  it.each([
    '{"__proto__":{"location":"Attic"}}',
    '{"constructor":{"prototype":{"location":"Attic"}}}',
    '{"Location":"Attic"}',
    '{}',
  ])('has no location in %s', (body) => expectRefused({ body, headers: JSON_TYPE }, 400, REQUIRED))

  it.each([
    ['a word', 'location'],
    ['a blank', ' '],
    ['blanks', '\r\n\t '],
    ['an open object', '{"location":"Attic"'],
    ['two objects', '{"location":"Attic"}{}'],
    ['a comma too many', '{"location":"Attic",}'],
    ['single quotes', "{'location':'Attic'}"],
    ['a comment', '{"location":"Attic"} // mine'],
    ['NaN', '{"location":NaN}'],
    ['Infinity', '{"location":-Infinity}'],
    ['undefined', 'undefined'],
    ['a raw line break in a text', '{"location":"At\ntic"}'],
    ['a byte order mark', '\ufeff{"location":"Attic"}'],
    ['a form', 'location=Attic'],
    [
      'bytes that are no UTF-8',
      new Uint8Array([...new TextEncoder().encode('{"location":"'), 0xff, 0x22, 0x7d]),
    ],
    [
      'a surrogate in UTF-8',
      new Uint8Array([...new TextEncoder().encode('{"location":"'), 0xed, 0xa0, 0x80, 0x22, 0x7d]),
    ],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
    ['a null byte', '{"location":"Attic"}\0'],
  ])('is malformed where it is %s', (_, body) =>
    expectRefused({ body, headers: JSON_TYPE }, 400, {
      detail: expect.stringMatching(/^JSON parse error - .+/),
    }),
  )

  it.each([
    ['[]', 'list'],
    ['[{"location":"Attic"}]', 'list'],
    ['1', 'int'],
    ['-0', 'int'],
    ['123456789012345678901234567890', 'int'],
    ['1.0', 'float'],
    ['1e3', 'float'],
    ['1E400', 'float'],
    ['"Attic"', 'str'],
    ['""', 'str'],
    ['true', 'bool'],
    [' false ', 'bool'],
  ])('must be an object, not %s', (body, type) =>
    expectRefused({ body, headers: JSON_TYPE }, 400, {
      non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`],
    }),
  )

  it('must not be null', () =>
    expectRefused({ body: 'null', headers: JSON_TYPE }, 400, { non_field_errors: ['No data provided'] }))

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('may be as deep as it likes, in %s', async (_, open, close) => {
    const depth = 9_000
    const deep = `${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}`
    await expectLocation({ body: `{"odd":${deep},"location":"Attic"}`, headers: JSON_TYPE }, 'Attic')
    await expectRefused({ body: `{"location":${deep}}`, headers: JSON_TYPE }, 400, {
      location: ['Not a valid string.'],
    })
  })
})

describe('a form', () => {
  it.each([
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-URLencoded',
    'application/x-www-form-urlencoded; charset=utf-8',
  ])('is read by the type %j', (type) =>
    expectLocation(
      { body: 'location=Caf%C3%A9+%F0%9F%8F%A0&colour=red', headers: { 'Content-Type': type } },
      'Café 🏠',
    ),
  )

  it.each([
    ['the last of repeated keys counts', 'location=Cellar&location=Attic', 'Attic'],
    ['raw UTF-8 is read', 'location=Café', 'Café'],
    ['a stray percent sign is one', 'location=100%', '100%'],
    ['a value may hold an equals sign', 'location=a=b', 'a=b'],
    ['texts of numbers are texts', 'location=007', '007'],
    ['the prototype is nobody', '__proto__=x&location=Attic', 'Attic'],
    ['a semicolon divides nothing', 'location=a;b=c', 'a;b=c'],
    ['a bad escape stands as it is', 'location=%zz%4', '%zz%4'],
    [
      'bytes that are no UTF-8 are Latin-1',
      Uint8Array.from('location=Caf\xe9', (c) => c.charCodeAt(0)),
      'Café',
    ],
  ])('%s', (_, body, location) => expectLocation({ body, headers: FORM_TYPE }, location))

  it.each([
    ['other', REQUIRED],
    ['Location=Attic', REQUIRED],
    ['?location=Attic', REQUIRED],
    ['\ufefflocation=Attic', REQUIRED],
    ['location=', { location: ['This field may not be blank.'] }],
    ['location', { location: ['This field may not be blank.'] }],
    ['location=+%20', { location: ['This field may not be blank.'] }],
    ['location=a%00b', { location: ['Null characters are not allowed.'] }],
  ])('is refused as JSON is: %s', (body, faults) => expectRefused({ body, headers: FORM_TYPE }, 400, faults))
})

describe('a multipart form', () => {
  it.each([
    'multipart/form-data; boundary=Bound',
    'Multipart/Form-Data; boundary=Bound',
    'MULTIPART/FORM-DATA; charset=utf-8; boundary="Bound"',
  ])('is read by the type %j', (type) =>
    expectLocation(
      { body: multipart(['location', 'Café 🏠'], ['colour', 'red']), headers: { 'Content-Type': type } },
      'Café 🏠',
    ),
  )

  it('is read as a browser sends it', () => {
    const body = new FormData()
    body.set('location', 'Attic')
    return expectLocation({ body }, 'Attic')
  })

  it('counts the last of repeated keys', () => {
    const body = new FormData()
    body.append('location', 'Cellar')
    body.append('location', 'Attic')
    return expectLocation({ body }, 'Attic')
  })

  it.each([
    ['another boundary', multipart(['location', 'Attic']), 'multipart/form-data; boundary=Other'],
    ['no boundary', multipart(['location', 'Attic']), 'multipart/form-data'],
    ['a bad boundary', multipart(['location', 'Attic']), 'multipart/form-data; boundary="Bound "'],
    ['a delimiter that is cut short', '--Boun', 'multipart/form-data; boundary=Bound'],
    ['blanks', '  ', 'multipart/form-data; boundary=Bound'],
  ])('is malformed with %s', (_, body, type) =>
    expectRefused({ body, headers: { 'Content-Type': type } }, 400, {
      detail: expect.stringMatching(/^Multipart form parse error - .+/),
    }),
  )

  // More of them, and what each field then is, in forms.test.ts.
  it.each([
    [
      'a name without quotes, as .NET’s and ktor’s clients write it',
      'Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=location',
      '--Bound--\r\n',
    ],
    ['an escaped name', "Content-Disposition: form-data; name*=UTF-8''loc%61tion", '--Bound--\r\n'],
    ['headers in another letter case', 'CONTENT-DISPOSITION: Form-Data; NAME="location"', '--Bound--\r\n'],
    ['a last delimiter without its dashes', 'Content-Disposition: form-data; name="location"', '--Bound\r\n'],
    ['no last delimiter', 'Content-Disposition: form-data; name="location"', ''],
    ['blanks after a delimiter', ' \t\r\nContent-Disposition: form-data; name="location"', '--Bound--  \r\n'],
    [
      'a part without a name',
      'Content-Disposition: form-data; name="location"',
      '--Bound\r\nContent-Disposition: form-data\r\n\r\nx\r\n--Bound--\r\n',
    ],
    [
      'a transfer encoding that says nothing',
      'Content-Disposition: form-data; name="location"\r\nContent-Transfer-Encoding: 8bit',
      '--Bound--\r\n',
    ],
    ['words around it', 'Content-Disposition: form-data; name="location"', '--Bound--\r\nThat was it.'],
  ])('is read with %s, as Django reads it', (_, headers, end) => {
    const body = `Here it is.\r\n--Bound${headers.startsWith(' ') ? '' : '\r\n'}${headers}\r\n\r\nCafé 🏠\r\n${end}`
    return expectLocation(
      { body, headers: { 'Content-Type': 'multipart/form-data; boundary=Bound' } },
      'Café 🏠',
    )
  })

  it('is read in Base64', () =>
    expectLocation(
      {
        body: '--Bound\r\nContent-Disposition: form-data; name=location\r\nContent-Transfer-Encoding: base64\r\n\r\nQ2Fmw6k=\r\n--Bound--',
        headers: { 'Content-Type': 'multipart/form-data; boundary=Bound' },
      },
      'Café',
    ))

  it('of parts without names has no fields', () =>
    expectRefused(
      {
        body: '--Bound\r\n\r\nAttic\r\n--Bound--',
        headers: { 'Content-Type': 'multipart/form-data; boundary=Bound' },
      },
      400,
      REQUIRED,
    ))

  it('takes no file for a text', () => {
    const body = new FormData()
    body.set('location', new File(['Attic'], 'location.txt', { type: 'text/plain' }))
    return expectRefused({ body }, 400, { location: ['Not a valid string.'] })
  })

  it('takes no files for the fields of a rule', async () => {
    const owner = await aUser()
    const { publicCameraId } = await aCamera(owner)
    const body = new FormData()
    for (const field of ['rule', 'rule_nickname', 'is_enabled']) body.set(field, new File(['true'], 'true'))
    const answer = await send('POST', `/v1/cameras/${publicCameraId}/rules/`, { token: owner.access, body })
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      rule: ['Not a valid string.'],
      rule_nickname: ['Not a valid string.'],
      is_enabled: ['Must be a valid boolean.'],
    })
    expect((await propertyOf(owner)).rules).toEqual([])
  })

  it('takes no file for an email', async () => {
    const body = new FormData()
    body.set('email', new File([newEmail()], 'email'))
    body.set('password', PASSWORD)
    const { status, body: answer } = await send('POST', '/v1/auth/register/', { body })
    expect([status, answer]).toEqual([400, { email: ['Enter a valid email address.'] }])
  })
})

describe('the charset of a form', () => {
  const cafe = (before: string, after = '') =>
    Uint8Array.from(`${before}Caf\xe9${after}`, (c) => c.charCodeAt(0))
  const part = [
    '--Bound\r\nContent-Disposition: form-data; name="location"\r\n\r\n',
    '\r\n--Bound--',
  ] as const

  it.each(['iso-8859-1', 'ISO-8859-1', '"latin1"', 'windows-1252'])('counts: %s', async (charset) => {
    const urlencoded = { 'Content-Type': `application/x-www-form-urlencoded; charset=${charset}` }
    const multipart = { 'Content-Type': `multipart/form-data; boundary=Bound; charset=${charset}` }
    await expectLocation({ body: cafe('location='), headers: urlencoded }, 'Café')
    await expectLocation({ body: 'location=Caf%E9', headers: urlencoded }, 'Café')
    await expectLocation({ body: cafe(...part), headers: multipart }, 'Café')
  })

  it('is UTF-8 where it is blank', () =>
    expectLocation(
      { body: 'location=Café', headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=' } },
      'Café',
    ))

  it.each(['utf-7', 'utf-32', 'nonsense', '"', "'utf-8'", 'replacement'])(
    'is refused where it is not known: %s',
    async (charset) => {
      for (const [type, body] of [
        ['application/x-www-form-urlencoded', 'location=Attic'],
        ['multipart/form-data; boundary=Bound', multipart(['location', 'Attic'])],
      ] as const) {
        const header = `${type}; charset=${charset}`
        await expectRefused({ body, headers: { 'Content-Type': header } }, 415, {
          detail: `Unsupported media type "${header}" in request.`,
        })
      }
    },
  )
})

describe.each([
  ['a form', (fields: Record<string, string>) => new URLSearchParams(fields)],
  [
    'a multipart form',
    (fields: Record<string, string>) => {
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.set(name, value)
      return form
    },
  ],
])('is_enabled in %s', (_, form) => {
  async function aRuleByForm(fields: Record<string, string>) {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const rule = await aRule(owner, camera)
    const path = `/v1/cameras/${camera.publicCameraId}/rules/`
    const content = { rule: 'Alert after 11pm', rule_nickname: 'Night' }
    return {
      created: await send('POST', path, { token: owner.access, body: form({ ...content, ...fields }) }),
      changed: await send('PATCH', `${path}${rule.publicRuleId}/`, {
        token: owner.access,
        body: form(fields),
      }),
    }
  }

  it('counts as missing where it is blank', async () => {
    const { created, changed } = await aRuleByForm({ is_enabled: '' })
    expect([created.status, created.body.is_enabled]).toEqual([201, true])
    expect([changed.status, changed.body.is_enabled]).toEqual([200, true])
  })

  it.each(['false', 'False', 'off', '0', 'n'])('is read from the word %s', async (word) => {
    const { created, changed } = await aRuleByForm({ is_enabled: word })
    expect([created.status, created.body.is_enabled]).toEqual([201, false])
    expect([changed.status, changed.body.is_enabled]).toEqual([200, false])
  })

  it.each([' ', 'maybe', 'null'])('is refused as the word %j', async (word) => {
    const { created, changed } = await aRuleByForm({ is_enabled: word })
    const refusal = { status: 400, body: { is_enabled: ['Must be a valid boolean.'] } }
    expect(created).toMatchObject(refusal)
    expect(changed).toMatchObject(refusal)
  })
})

describe('an empty body', () => {
  it.each([
    ['no type', {}],
    ['the type of JSON', JSON_TYPE],
    ['the type of a form', FORM_TYPE],
    ['the type of a multipart form', { 'Content-Type': 'multipart/form-data; boundary=Bound' }],
    ['the type of a text', { 'Content-Type': 'text/plain' }],
    ['a type that is none', { 'Content-Type': 'nonsense' }],
  ])('counts as an empty object with %s', async (_, headers) => {
    await expectRefused({ headers }, 400, REQUIRED)
    await expectRefused({ body: '', headers }, 400, REQUIRED)
    await expectRefused({ body: new Uint8Array(), headers }, 400, REQUIRED)
    await expectRefused({ body: inChunks(), headers }, 400, REQUIRED)
  })
})

describe('another type', () => {
  it.each([
    'text/plain',
    'TEXT/Plain; Charset=UTF-8',
    'application/jsonp',
    'application/json, text/plain',
    'application/problem+json',
    'text/json',
    'multipart/mixed; boundary=Bound',
    'application/xml; q="a\\b"',
    'json',
    '*/*',
    ';',
    'constructor',
    '__proto__',
    'tostring',
  ])('is refused: %j', (type) =>
    expectRefused({ body: '{"location":"Attic"}', headers: { 'Content-Type': type } }, 415, {
      detail: `Unsupported media type "${type}" in request.`,
    }),
  )

  it.each([
    ['text', '{"location":"Attic"}'],
    ['bytes', new TextEncoder().encode('{"location":"Attic"}')],
    ['a blank', ' '],
  ])('is refused where there is none, for %s', (_, body) =>
    expectRefused({ body }, 415, { detail: 'Unsupported media type "" in request.' }),
  )
})

/** A body without a declared length. */
function inChunks(...chunks: Uint8Array[]) {
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}

describe('a body of 64 KiB', () => {
  const padded = (length: number) => new TextEncoder().encode('{"location":"Attic"}'.padEnd(length))
  const form = (length: number) => new TextEncoder().encode('location=Attic&x='.padEnd(length, 'x'))
  const TOO_LARGE = { detail: 'Request body exceeds 64 KiB.' }

  it.each([
    ['JSON', padded, JSON_TYPE],
    ['a form', form, FORM_TYPE],
  ])('is read, and one of a byte more is not, as %s', async (_, bytes, headers) => {
    await expectLocation({ body: bytes(LIMIT), headers }, 'Attic')
    await expectRefused({ body: bytes(LIMIT + 1), headers }, 413, TOO_LARGE)
  })

  it('is read, and one of a byte more is not, where its length is declared', async () => {
    const declared = (length: number) => ({ ...JSON_TYPE, 'Content-Length': String(length) })
    await expectLocation({ body: padded(LIMIT), headers: declared(LIMIT) }, 'Attic')
    await expectRefused({ body: padded(LIMIT + 1), headers: declared(LIMIT + 1) }, 413, TOO_LARGE)
  })

  it('is read, and one of a byte more is not, where its length is not declared', async () => {
    const halves = (bytes: Uint8Array) => inChunks(bytes.slice(0, LIMIT / 2), bytes.slice(LIMIT / 2))
    await expectLocation({ body: halves(padded(LIMIT)), headers: JSON_TYPE }, 'Attic')
    await expectRefused({ body: halves(padded(LIMIT + 1)), headers: JSON_TYPE }, 413, TOO_LARGE)
  })

  it('is read, and one of a byte more is not, where it comes byte by byte at first', async () => {
    const bits = (bytes: Uint8Array) =>
      inChunks(...Array.from(bytes.slice(0, 30), (byte) => Uint8Array.of(byte)), bytes.slice(30))
    await expectLocation({ body: bits(padded(LIMIT)), headers: JSON_TYPE }, 'Attic')
    await expectRefused({ body: bits(padded(LIMIT + 1)), headers: JSON_TYPE }, 413, TOO_LARGE)
  })

  it('counts bytes, not characters', () =>
    expectRefused(
      { body: JSON.stringify({ location: 'Attic', x: 'é'.repeat(LIMIT / 2) }), headers: JSON_TYPE },
      413,
      TOO_LARGE,
    ))

  it.each([
    ['/v1/auth/register/', {}],
    ['/v1/auth/token/', {}],
    ['/v1/auth/token/refresh/', {}],
  ])('is the most that anyone may send to %s', async (path, fields) => {
    const body = JSON.stringify(fields).padEnd(LIMIT + 1)
    const answer = await send('POST', path, { body, headers: JSON_TYPE })
    expect([answer.status, answer.body]).toEqual([413, TOO_LARGE])
  })

  it('is the most that a presign may hold', async () => {
    const { access: token } = await aUser()
    const body = '{}'.padEnd(LIMIT + 1)
    const answer = await send('POST', '/v1/uploads/presign', { token, body, headers: JSON_TYPE })
    expect([answer.status, answer.body]).toEqual([413, TOO_LARGE])
  })
})

describe('DELETE', () => {
  it.each([
    ['of another type', { body: 'away', headers: { 'Content-Type': 'text/plain' } }],
    ['that is malformed', { body: '{', headers: JSON_TYPE }],
    ['over the limit', { body: ' '.repeat(LIMIT + 1), headers: JSON_TYPE }],
    ['that is a list', { json: [] }],
  ])('looks at no body %s', async (_, options) => {
    const owner = await aUser()
    const { publicCameraId } = await aCamera(owner)
    const { status } = await send('DELETE', `/v1/cameras/${publicCameraId}/`, {
      token: owner.access,
      ...options,
    })
    expect(status).toBe(204)
    expect((await propertyOf(owner)).cameras).toEqual([])
  })
})

describe('every route with a body', () => {
  it('reads it alike', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const rule = await aRule(owner, camera)
    const before = await propertyOf(owner)
    const cameraPath = `/v1/cameras/${camera.publicCameraId}/`
    const routes = [
      ['POST', '/v1/auth/register/'],
      ['POST', '/v1/auth/token/'],
      ['POST', '/v1/auth/token/refresh/'],
      ['PUT', `/v1/user/${owner.publicUserId}/`],
      ['PATCH', `/v1/user/${owner.publicUserId}/`],
      ['POST', '/v1/cameras/'],
      ['PUT', cameraPath],
      ['PATCH', cameraPath],
      ['POST', `${cameraPath}rules/`],
      ['PUT', `${cameraPath}rules/${rule.publicRuleId}/`],
      ['PATCH', `${cameraPath}rules/${rule.publicRuleId}/`],
      ['POST', '/v1/uploads/presign'],
    ] as const
    for (const [method, path] of routes) {
      const ask = async (options: Options) => {
        const { status, body } = await send(method, path, { token: owner.access, ...options })
        return { method, path, status, body }
      }
      expect(await ask({ body: '<a/>', headers: { 'Content-Type': 'text/xml' } })).toEqual({
        method,
        path,
        status: 415,
        body: { detail: 'Unsupported media type "text/xml" in request.' },
      })
      expect(await ask({ body: '{', headers: JSON_TYPE })).toEqual({
        method,
        path,
        status: 400,
        body: { detail: expect.stringMatching(/^JSON parse error - .+/) },
      })
      expect(await ask({ json: [] })).toEqual({
        method,
        path,
        status: 400,
        body: { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] },
      })
    }
    expect(await propertyOf(owner)).toEqual(before)
  })
})
