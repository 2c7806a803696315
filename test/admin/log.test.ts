import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FLAG, messageOf } from '../../src/admin/log.ts'
import { aSuperuser, signedIn } from '../support/browser.ts'
import { aCamera, aDatabase, aUser, type Camera, sql, type User } from '../support/factories.ts'

type Row = { message?: string; flag?: number; repr?: string; at?: string; model?: string | null }

async function aLogRow(
  { message = '[]', flag = FLAG.changed, repr = 'Porch', at = 'now', model = 'camera' }: Row,
  user: User,
  { id }: Pick<Camera, 'id'>,
  db = sql,
) {
  await db`
    insert into django_admin_log (action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message)
    select ${at}::timestamptz, ${user.id}, (select id from django_content_type where model = ${model}), ${String(id)}, ${repr},
      ${flag}, ${message}`
}

/** A superuser's camera with these rows in its log, and the texts of its history page. */
async function aHistory(...rows: Row[]) {
  const { user, browser } = await aSuperuser()
  const camera = await aCamera(user)
  for (const row of rows) await aLogRow(row, user, camera)
  const { status, text } = await browser.get(`/admin/camera/camera/${camera.id}/history/`)
  expect(status).toBe(200)
  return { user, browser, camera, text }
}

const changed = (message: string) => messageOf({ flag: FLAG.changed, message })

describe('a message', () => {
  it.each([
    ['[]', 'No fields changed.'],
    ['[{}]', 'No fields changed.'],
    ['[{"added": {}}]', 'Added.'],
    ['[{"changed": {"fields": ["Location"]}}]', 'Changed Location.'],
    ['[{"changed": {"fields": ["Owner", "Location", "Rule"]}}]', 'Changed Owner, Location and Rule.'],
    ['[{"changed": {"fields": []}}]', 'Changed.'],
    ['[{"added": {"name": "rule", "object": "Fox"}}]', 'Added rule “Fox”.'],
    ['[{"added": {"name": "rule"}}]', 'Added rule “”.'],
    [
      '[{"changed": {"fields": ["Location"]}}, {"deleted": {"name": "rule", "object": "Fox"}}]',
      'Changed Location. Deleted rule “Fox”.',
    ],
  ])('that Django wrote is read: %s', (message, words) => {
    expect(changed(message)).toBe(words)
  })

  it.each([
    '[{"changed": null}]',
    '[{"changed": true}]',
    '[{"changed": "Location"}]',
    '[{"changed": ["Location"]}]',
    '[{"changed": {"fields": "Location"}}]',
    '[{"changed": {"fields": null}}]',
    '[{"changed": {"fields": [null]}}]',
    '[{"changed": {"fields": [["Location"]]}}]',
    '[{"changed": {"name": null, "object": null}}]',
    '[{"changed": {"name": {}, "object": []}}]',
    '[{"moved": {}}]',
    '[null]',
    '[[]]',
    '[1, "text"]',
    '{"changed": {"fields": ["Location"]}}',
    '"text"',
    'null',
    '7',
    '',
    'Changed by hand',
    '[{"changed": ',
    `${'['.repeat(4000)}${']'.repeat(4000)}`,
    `${'['.repeat(5000)}…`,
  ])('that Django did not write stands as it is: %s', (message) => {
    expect(changed(message)).toBe(message)
  })

  it('of any kind has words', () => {
    const near = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'medium' },
        fc.json().map((text) => JSON.parse(text) as unknown),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(
          fc.constantFrom(
            'added',
            'changed',
            'deleted',
            'name',
            'object',
            'fields',
            '__proto__',
            'constructor',
          ),
          tie('any'),
          { maxKeys: 4 },
        ),
      ),
    })).any
    fc.assert(
      fc.property(
        fc.oneof(
          near.map((value) => JSON.stringify(value) ?? ''),
          fc.string({ unit: 'binary' }),
        ),
        fc.integer(),
        (message, flag) => typeof messageOf({ flag, message }) === 'string',
      ),
      { numRuns: 500 },
    )
  })
})

describe('the history', () => {
  it('shows what it cannot read as it stands, beside what it can', async () => {
    const { text } = await aHistory(
      { message: '[{"changed": null}]' },
      { message: '[{"changed": {"fields": ["Location"]}}]' },
    )
    expect(text).toContain('[{"changed": null}]')
    expect(text).toContain('Changed Location.')
  })

  it('shows the beginning of a message that is too long', async () => {
    const { text } = await aHistory(
      { message: 'x'.repeat(1024 * 1024) },
      { message: `[${'['.repeat(100_000)}` },
    )
    expect(text).toContain(`${'x'.repeat(5000)}…`)
    expect(text.length).toBeLessThan(20_000)
  })

  it.each([0, 4, 32_767])('shows an action of the kind %i', async (flag) => {
    const { text, browser } = await aHistory({ flag, message: 'By a plugin' })
    expect(text).toContain('By a plugin')
    expect((await browser.get('/admin/')).text).toContain('Changed: Porch')
  })

  it.each([
    ['infinity', 'infinity'],
    ['-infinity', '-infinity'],
    ['10000-01-01T00:00Z', '10000-01-01T00:00:00+00:00'],
    ['0044-03-15T12:00Z BC', '0044-03-15T12:00:00+00:00 BC'],
    ['0099-03-15T12:00Z', 'March 15, 99, 12 p.m.'],
  ])('shows an action of the time %s', async (at, words) => {
    const { text, browser } = await aHistory({ at })
    expect(text).toContain(words)
    const front = await browser.get('/admin/')
    expect(front.status).toBe(200)
    expect(front.text).toContain(words)
  })

  it('escapes what a row was called', async () => {
    const { browser } = await aHistory({ repr: '<script>"\u0001\u202e\u{1f98a}&amp;' })
    const { status, html } = await browser.get('/admin/')
    expect(status).toBe(200)
    expect(html).toContain('&lt;script&gt;&quot;\u0001\u202e\u{1f98a}&amp;amp;')
  })

  it('has room for rows of no model, and of no id, on the front page', async () => {
    const { user, browser, camera } = await aHistory({ model: null, repr: 'Of nothing' })
    await aLogRow({ model: 'logentry', repr: 'Of another app' }, user, camera)
    await sql`
      insert into django_admin_log (action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message)
      select now(), ${user.id}, id, object_id, 'Of no id', 2, '[]'
      from django_content_type, (values (null), ('../../?x')) as ids (object_id) where model = 'camera'`
    const { status, html, text } = await browser.get('/admin/')
    expect(status).toBe(200)
    for (const words of ['Of nothing Unknown content', 'Of another app Logentry', 'Of no id Camera'])
      expect(text).toContain(words)
    expect(html).not.toContain('/null/')
    expect(html).toContain('/admin/camera/camera/..%2F..%2F%3Fx/change/')
  })

  it('keeps what somebody did who is gone', async () => {
    const { settings, sql } = await aDatabase()
    const [user, gone] = [await aUser({ isStaff: true, isSuperuser: true }, sql), await aUser({}, sql)]
    const camera = await aCamera(user, 'Porch', sql)
    await aLogRow({ message: 'By hand' }, gone, camera, sql)
    // Django's constraint would delete the row too; a load without constraints leaves it.
    await sql`alter table django_admin_log drop constraint "django_admin_log_user_id_c564eba6_fk_users_id"`
    await sql`delete from users where id = ${gone.id}`
    const browser = await signedIn(user, settings)
    const { status, text } = await browser.get(`/admin/camera/camera/${camera.id}/history/`)
    expect(status).toBe(200)
    expect(text).toMatch(/ [ap]\.m\. - By hand/)
  })
})
