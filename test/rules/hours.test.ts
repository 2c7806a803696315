import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { type Day, DAYS, isOpen, localTime, type Open } from '../../src/rules/hours.ts'

const ALWAYS: Open = { hours: [], days: [] }
const NIGHT: Open = { hours: [{ from: '22:00', to: '06:00' }], days: [] }
const FRIDAY_NIGHT: Open = { ...NIGHT, days: ['fri'] }
const open = (reading: Open, at: string, timeZone = 'UTC') => isOpen(reading, new Date(at), timeZone)

describe('a window', () => {
  const office: Open = { hours: [{ from: '09:00', to: '17:00' }], days: ['mon', 'tue', 'wed', 'thu', 'fri'] }

  it.each([
    [office, '2026-11-26T08:59:59.999Z', false],
    [office, '2026-11-26T09:00:00Z', true],
    [office, '2026-11-26T16:59:59.999Z', true],
    [office, '2026-11-26T17:00:00Z', false],
    [office, '2026-11-28T12:00:00Z', false],
    [NIGHT, '2026-11-26T21:59:59Z', false],
    [NIGHT, '2026-11-26T22:00:00Z', true],
    [NIGHT, '2026-11-27T00:00:00Z', true],
    [NIGHT, '2026-11-27T05:59:59Z', true],
    [NIGHT, '2026-11-27T06:00:00Z', false],
    // The night belongs to the day on which it starts: 27 November 2026 is a Friday.
    [FRIDAY_NIGHT, '2026-11-27T01:00:00Z', false],
    [FRIDAY_NIGHT, '2026-11-27T22:00:00Z', true],
    [FRIDAY_NIGHT, '2026-11-28T05:59:00Z', true],
    [FRIDAY_NIGHT, '2026-11-28T22:00:00Z', false],
    [{ ...NIGHT, days: ['sun'] }, '2026-11-30T01:00:00Z', true],
    [{ hours: [{ from: '20:00', to: '00:00' }], days: ['fri'] }, '2026-11-27T23:59:59Z', true],
    [{ hours: [{ from: '20:00', to: '00:00' }], days: ['fri'] }, '2026-11-28T00:00:00Z', false],
    [{ hours: [{ from: '00:00', to: '06:00' }], days: ['fri'] }, '2026-11-27T00:00:00Z', true],
    [{ hours: [{ from: '00:00', to: '06:00' }], days: ['fri'] }, '2026-11-28T00:00:00Z', false],
    [{ hours: [], days: ['fri'] }, '2026-11-27T23:59:59Z', true],
    [{ hours: [], days: ['fri'] }, '2026-11-28T00:00:00Z', false],
    [ALWAYS, '2026-11-28T00:00:00Z', true],
    [{ hours: [...office.hours, ...NIGHT.hours], days: [] }, '2026-11-28T23:00:00Z', true],
    [{ hours: [...office.hours, ...NIGHT.hours], days: [] }, '2026-11-28T18:00:00Z', false],
  ] as [Open, string, boolean][])('%j at %s: %j', (reading, at, isInside) => {
    expect(open(reading, at)).toBe(isInside)
  })
})

describe('the wall’s clock', () => {
  it.each<[string, string, Day, string]>([
    // Berlin skips from 02:00 to 03:00 in spring, and repeats the hour from 02:00 in autumn.
    ['Europe/Berlin', '2026-03-29T00:59:00Z', 'sun', '01:59'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 'sun', '03:00'],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', 'sun', '02:30'],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', 'sun', '02:30'],
    ['Europe/Berlin', '2026-10-25T02:00:00Z', 'sun', '03:00'],
    ['America/New_York', '2026-03-08T06:59:00Z', 'sun', '01:59'],
    ['America/New_York', '2026-03-08T07:00:00Z', 'sun', '03:00'],
    ['America/New_York', '2026-11-01T05:30:00Z', 'sun', '01:30'],
    ['America/New_York', '2026-11-01T06:30:00Z', 'sun', '01:30'],
    // A shift of half an hour in the southern hemisphere, where summer ends in April.
    ['Australia/Lord_Howe', '2026-04-04T14:59:00Z', 'sun', '01:59'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 'sun', '01:30'],
    ['Australia/Lord_Howe', '2026-10-03T15:29:00Z', 'sun', '01:59'],
    ['Australia/Lord_Howe', '2026-10-03T15:30:00Z', 'sun', '02:30'],
    ['Pacific/Auckland', '2026-04-04T14:30:00Z', 'sun', '02:30'],
    ['Pacific/Auckland', '2026-09-26T14:00:00Z', 'sun', '03:00'],
    ['America/Santiago', '2026-09-06T03:59:00Z', 'sat', '23:59'],
    ['America/Santiago', '2026-09-06T04:00:00Z', 'sun', '01:00'],
    ['Asia/Kathmandu', '2026-11-26T18:14:00Z', 'thu', '23:59'],
    ['Asia/Kathmandu', '2026-11-26T18:15:00Z', 'fri', '00:00'],
    ['Pacific/Kiritimati', '2026-11-26T10:00:00Z', 'fri', '00:00'],
    ['Pacific/Niue', '2026-11-26T10:59:00Z', 'wed', '23:59'],
    ['europe/berlin', '2026-11-26T23:00:00Z', 'fri', '00:00'],
    ['UTC', '1969-12-31T23:59:00Z', 'wed', '23:59'],
  ])('of %s at %s shows %s %s', (timeZone, at, day, time) => {
    expect(localTime(new Date(at), timeZone)).toEqual({ day, time })
  })

  it('is UTC where nobody knows the zone any more', () => {
    const now = new Date()
    expect(localTime(now, 'Mars/Olympus')).toEqual(localTime(now, 'UTC'))
  })
})

describe('over a change of the clock', () => {
  const minutesOpen = (reading: Open, timeZone: string, from: string, hours: number) =>
    Array.from({ length: hours * 60 }, (_, i) => Date.parse(from) + i * 60_000).filter((at) =>
      isOpen(reading, new Date(at), timeZone),
    ).length

  it.each([
    ['Europe/Berlin', '2026-03-28T11:00:00Z', 7],
    ['Europe/Berlin', '2026-10-24T10:00:00Z', 9],
    ['Europe/Berlin', '2026-06-10T10:00:00Z', 8],
    ['America/New_York', '2026-03-07T17:00:00Z', 7],
    ['America/New_York', '2026-10-31T16:00:00Z', 9],
    ['Australia/Lord_Howe', '2026-04-04T01:00:00Z', 8.5],
    ['Australia/Lord_Howe', '2026-10-03T01:30:00Z', 7.5],
    ['Pacific/Auckland', '2026-04-03T23:00:00Z', 9],
    ['Pacific/Auckland', '2026-09-26T00:00:00Z', 7],
    ['America/Santiago', '2026-04-04T15:00:00Z', 9],
    ['America/Santiago', '2026-09-05T16:00:00Z', 7],
    ['Asia/Kathmandu', '2026-03-28T06:15:00Z', 8],
  ])('a night in %s from noon at %s has %d hours', (timeZone, noon, hours) => {
    expect(localTime(new Date(noon), timeZone).time).toBe('12:00')
    expect(minutesOpen(NIGHT, timeZone, noon, 24)).toBe(hours * 60)
  })

  it('an hour that is skipped is never, one that is repeated is twice', () => {
    const two: Open = { hours: [{ from: '02:00', to: '03:00' }], days: [] }
    expect(minutesOpen(two, 'Europe/Berlin', '2026-03-28T23:00:00Z', 23)).toBe(0)
    expect(minutesOpen(two, 'Europe/Berlin', '2026-10-24T22:00:00Z', 25)).toBe(120)
  })

  it('a window that begins in the hour that is skipped is open from the change on', () => {
    const late: Open = { hours: [{ from: '02:30', to: '04:00' }], days: [] }
    expect(open(late, '2026-03-29T00:59:00Z', 'Europe/Berlin')).toBe(false)
    expect(open(late, '2026-03-29T01:00:00Z', 'Europe/Berlin')).toBe(true)
  })
})

describe('at any moment, in any zone', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Santiago',
    'UTC',
  )
  const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
  const times = fc
    .integer({ min: 0, max: 1439 })
    .map(
      (minute) =>
        `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
    )
  const assert = (property: fc.IProperty<any>) => fc.assert(property, { seed: inject('seed'), numRuns: 500 })

  it('a window or its complement is open, never both', () =>
    assert(
      fc.property(moments, zones, times, times, (at, zone, from, to) => {
        fc.pre(from !== to)
        const one = isOpen({ hours: [{ from, to }], days: [] }, at, zone)
        expect(isOpen({ hours: [{ from: to, to: from }], days: [] }, at, zone)).toBe(!one)
      }),
    ))

  it('a window belongs to exactly one day', () =>
    assert(
      fc.property(moments, zones, times, times, (at, zone, from, to) => {
        fc.pre(from !== to)
        const hours = [{ from, to }]
        const days = DAYS.filter((day) => isOpen({ hours, days: [day] }, at, zone))
        expect(days).toHaveLength(isOpen({ hours, days: [] }, at, zone) ? 1 : 0)
      }),
    ))
})
