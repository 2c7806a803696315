import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { until } from '../../clients/phone/src/kit/time.ts'
import { pathOf, shownOf, wordsOf } from '../../clients/phone/worker/show.ts'

const payload = (notification: object) => JSON.stringify({ web_push: 8030, notification })
const UNKNOWN = {
  title: 'Scout',
  options: { body: 'Something happened. Open the app to see.', tag: 'unknown' },
}

describe('what a push shows', () => {
  it('is its notification', () => {
    const actions = [
      { action: 'snooze_1h', title: 'Snooze 1 h', navigate: 'https://a.example/' },
      { action: 'not_this', title: 'Not this', navigate: 'https://a.example/' },
    ]
    const shown = shownOf(
      payload({
        title: 'Front Door',
        body: 'Fox',
        tag: 'id',
        image: 'https://b.example/a.jpg',
        timestamp: 1,
        silent: false,
        navigate: 'https://a.example/',
        actions,
        data: { kind: 'match', action_token: 'token' },
      }),
    )
    expect(shown).toEqual({
      title: 'Front Door',
      options: {
        body: 'Fox',
        tag: 'id',
        renotify: true,
        image: 'https://b.example/a.jpg',
        timestamp: 1,
        actions,
        data: { kind: 'match', action_token: 'token', navigate: 'https://a.example/' },
      },
    })
  })

  it('makes no sound where it is silent', () => {
    const { options } = shownOf(payload({ title: 'Fox', tag: 'id', silent: true }))
    expect(options).toMatchObject({ silent: true, renotify: false })
  })

  it.each(['', 'x', '{', 'null', '7', '[]', '"a"', '{}', '{"notification":null}', '{"notification":[]}'])(
    'is something for %s',
    (text) => {
      expect(shownOf(text)).toEqual(UNKNOWN)
    },
  )

  it('is something for any text, and for a notification of any values', () => {
    const values = fc.record(
      Object.fromEntries(
        ['title', 'body', 'tag', 'image', 'timestamp', 'silent', 'navigate', 'actions', 'data'].map(
          (name) => [name, fc.jsonValue()],
        ),
      ),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), values.map(payload)), (text) => {
        const { title, options } = shownOf(text)
        expect(title).toMatch(/./su)
        expect(typeof options.body).toBe('string')
        expect((options.actions ?? []).length).toBeLessThanOrEqual(2)
        // A browser throws for `renotify` without a tag.
        if (options.renotify) expect(options.tag).toMatch(/./su)
      }),
    )
  })
})

describe('where a notification leads', () => {
  it.each([
    ['https://a.example/app/notifications/id', '/app/notifications/id'],
    ['http://localhost:8787/app/events/id?x=1#y', '/app/events/id?x=1#y'],
    ['https://a.example/', '/app/'],
    ['https://a.example/application', '/app/'],
    ['javascript:alert(1)', '/app/'],
    ['https://[', '/app/'],
    [null, '/app/'],
    [7, '/app/'],
  ])('is in the app, of %s', (navigate, path) => {
    expect(pathOf({ navigate })).toBe(path)
  })

  it.each([undefined, null, 'text', {}])('is its beginning where its data are %o', (data) => {
    expect(pathOf(data)).toBe('/app/')
  })
})

describe('until when', () => {
  const now = new Date(2026, 10, 28, 14, 30).getTime()
  const inDays = (days: number) => until(now + days * 86_400_000, now)

  it('is a weekday within a week, and a date after it', () => {
    expect(inDays(6)).toMatch(/^Friday\b/)
    expect(inDays(7)).toMatch(/^December 5\b|^5 December\b/)
    expect(inDays(40)).toMatch(/^January 7\b|^7 January\b/)
  })
})

describe('what a button came to', () => {
  it('is until when a camera is quiet', () => {
    const snoozedUntil = new Date(2026, 10, 27, 15, 32).toISOString()

    expect(wordsOf('snooze_1h', { status: 200, snoozedUntil }).body).toMatch(
      /^Quiet until 0?3:32\sPM\.$|^Quiet until 15:32\.$/,
    )
    expect(wordsOf('not_this', { status: 200, snoozedUntil: null })).toEqual({
      isDone: true,
      body: 'Noted: not this.',
    })
  })

  it.each([
    ['snooze_1h', 200, 'Not done: this camera is no longer yours. Tap to open the app.'],
    ['not_this', 0, 'Not done: there is no connection. Try again, or tap to open the app.'],
    ['not_this', 401, 'Not done: these buttons work for a day. Tap to open the app.'],
    ['not_this', 404, 'Not done: this notification was deleted. Tap to open the app.'],
    ['snooze_1h', 429, 'Not done: the service is busy. Try again, or tap to open the app.'],
    ['snooze_1h', 503, 'Not done: the service is busy. Try again, or tap to open the app.'],
  ])('is said where %s came to nothing, by %i', (action, status, body) => {
    expect(wordsOf(action, { status, snoozedUntil: null })).toEqual({ isDone: false, body })
  })
})
