import { describe, expect, it } from 'vitest'
import {
  byDay,
  dayOf,
  filtersIn,
  joined,
  queryOf,
  spanOf,
  type Timeline,
  type Told,
  without,
} from '../../../clients/phone/src/data/timeline.ts'

const told = (id: string, created_at = '2026-11-26T12:00:00Z') =>
  ({ public_notification_id: id, created_at }) as Told
const list = (ids: string, hasMore: boolean): Timeline => ({ told: [...ids].map((id) => told(id)), hasMore })
const idsIn = ({ told: all, hasMore }: Timeline) => [
  all.map((one) => one.public_notification_id).join(''),
  hasMore,
]

describe('what is known of the timeline', () => {
  it.each([
    ['is the newest page at first', 'fed', true, undefined, 'fed', true],
    ['keeps what was loaded before the newest page', 'hgf', true, list('gfedcb', true), 'hgfedcb', true],
    ['keeps its end', 'hgf', true, list('gfe', false), 'hgfe', false],
    ['loses what is not in the newest page any more', 'hf', true, list('hgfe', false), 'hfe', false],
    ['begins anew where something may be missing', 'zyx', true, list('cba', false), 'zyx', true],
    ['is the newest page where nothing is before it', 'hg', false, list('gfe', true), 'hg', false],
    ['goes on where the newest page has all of it', 'hgf', true, list('hgf', false), 'hgf', true],
  ])('%s', (_, newest, hasMore, known, ids, goesOn) => {
    expect(idsIn(joined(list(newest, hasMore), known))).toEqual([ids, goesOn])
  })

  it('is shown by the days of this place', () => {
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString()
    const all = [told('c', at(26, 0)), told('b', at(25, 23)), told('a', at(25, 0))]

    expect(byDay(all)).toEqual([
      ['2026-11-26', [all[0]]],
      ['2026-11-25', [all[1], all[2]]],
    ])
  })
})

describe('a day', () => {
  it('lasts from midnight to midnight, over the end of a month too', () => {
    const { from, to } = spanOf('2026-11-30')

    expect([dayOf(from), dayOf(Date.parse(to) - 1), dayOf(to)]).toEqual([
      '2026-11-30',
      '2026-11-30',
      '2026-12-01',
    ])
    expect(new Date(from).getHours()).toBe(0)
  })
})

describe('the filters', () => {
  it('are in the address, and are it', () => {
    const filters = filtersIn(new URLSearchParams('?day=2026-11-26&rule=r&camera=c&sheet=filter'))

    expect(filters).toEqual({ camera: 'c', rule: 'r', day: '2026-11-26' })
    expect(queryOf(filters)).toBe('?camera=c&rule=r&day=2026-11-26')
    expect(queryOf(without(filters, 'rule'))).toBe('?camera=c&day=2026-11-26')
    expect(queryOf({})).toBe('')
  })

  it.each(['2026-02-30', 'yesterday', '', '2026-11-26T00:00'])('leave out "%s", which is no day', (day) => {
    expect(filtersIn(new URLSearchParams({ day, camera: '' }))).toEqual({})
  })
})
