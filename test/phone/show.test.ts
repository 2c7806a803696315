import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownOf } from '../../clients/phone/worker/show.ts'

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
        // A browser throws for what is to ring again and has no tag.
        if (options.renotify) expect(options.tag).toMatch(/./su)
      }),
    )
  })
})
