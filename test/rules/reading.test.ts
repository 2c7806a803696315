import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { type Day, DAYS } from '../../src/rules/hours.ts'
import { readRule } from '../../src/rules/reading.ts'

const WEEK = DAYS.slice(0, 5)
const NIGHT = '22:00-06:00'
const hoursOf = (text: string) =>
  readRule(text)
    .hours.map(({ from, to }) => `${from}-${to}`)
    .join(' ')

describe('hours are read', () => {
  it.each([
    ['after 10pm', NIGHT],
    ['after 10 PM', NIGHT],
    ['after 10 p.m.', NIGHT],
    ['after 10:30 pm', '22:30-06:00'],
    ['after 10.30pm', '22:30-06:00'],
    ['after 22:00', NIGHT],
    ['after ten pm', NIGHT],
    ['after 10 at night', NIGHT],
    ['after 10 o’clock at night', NIGHT],
    ['after 22 o’clock', NIGHT],
    ['past 10pm', NIGHT],
    ['later than 10pm', NIGHT],
    ['from 10pm', NIGHT],
    ['from 10pm on', NIGHT],
    ['from 10pm onwards', NIGHT],
    ['starting at 10pm', NIGHT],
    ['only after 10pm', NIGHT],
    ['after noon', '12:00-06:00'],
    ['after 12pm', '12:00-06:00'],
    ['after 11:59am', '11:59-00:00'],
    ['after 7am', '07:00-00:00'],
    ['after 6 in the morning', '06:00-00:00'],
    ['after 4am', '04:00-00:00'],
    ['after 3:59am', '03:59-06:00'],
    ['after midnight', '00:00-06:00'],
    ['after 12am', '00:00-06:00'],
    ['before 6am', '00:00-06:00'],
    ['earlier than 6am', '00:00-06:00'],
    ['before noon', '00:00-12:00'],
    ['after 10pm and before 6am', NIGHT],
    ['after 10pm or before 6am', NIGHT],
    ['after 10pm, before 6am', NIGHT],
    ['after 10pm but before 6am', NIGHT],
    ['before 6am or after 10pm', NIGHT],
    ['before 6am and after 10pm', NIGHT],
    ['after 8am and before 5pm', '08:00-17:00'],
    ['before 5pm and after 8am', '08:00-17:00'],
    ['after 10pm until 6am', NIGHT],
    ['between 10pm and 6am', NIGHT],
    ['between 22:00 and 6:00', NIGHT],
    ['between 22:00 and 06:00 hours', NIGHT],
    ['between 10pm to 6am', NIGHT],
    ['from 10pm to 6am', NIGHT],
    ['from 6 to 11 at night', '18:00-23:00'],
    ['from 9am to 8 at night', '09:00-20:00'],
    ['between 9 in the morning and 8 at night', '09:00-20:00'],
    ['from 09:00 to 8 at night', '09:00-20:00'],
    ['from 10 to 2 at night', '22:00-02:00'],
    ['from 10pm till 6am', NIGHT],
    ['from 10pm through 6am', NIGHT],
    ['10pm-6am', NIGHT],
    ['10pm – 6am', NIGHT],
    ['22:00–06:00', NIGHT],
    ['10 to 6am', NIGHT],
    ['from 10pm to 6', NIGHT],
    ['from 8:00 to 18:00', '08:00-18:00'],
    ['from 8:00 to 17', '08:00-17:00'],
    ['from 9am to 17:30', '09:00-17:30'],
    ['from 9 to 5pm', '09:00-17:00'],
    ['from 9am to 5', '09:00-17:00'],
    ['between 9 and 11pm', '21:00-23:00'],
    ['between 11 and 1pm', '11:00-13:00'],
    ['from noon to 2', '12:00-14:00'],
    ['from 10 to midnight', '22:00-00:00'],
    ['from 8pm to 24:00', '20:00-00:00'],
    ['from midnight to 6', '00:00-06:00'],
    ['between 12 noon and 1:15pm', '12:00-13:15'],
    ['between 6am and 8am and between 5pm and 7pm', '06:00-08:00 17:00-19:00'],
    ['6am to 8am, 5pm to 7pm', '06:00-08:00 17:00-19:00'],
    ['at night', NIGHT],
    ['during the night', NIGHT],
    ['every night', NIGHT],
    ['all night', NIGHT],
    ['overnight', NIGHT],
    ['at night-time', NIGHT],
    ['in the morning', '06:00-12:00'],
    ['in the afternoon', '12:00-18:00'],
    ['in the evening', '18:00-22:00'],
    ['in the morning or evening', '06:00-12:00 18:00-22:00'],
    ['in the morning and in the evening', '06:00-12:00 18:00-22:00'],
    ['during the day', '06:00-22:00'],
    ['at any time', ''],
    ['day and night', ''],
    ['24/7', ''],
    ['every day between 10pm and 6am', NIGHT],
    ['daily after 10pm', NIGHT],
  ])('%s: %s', (words, hours) => {
    for (const text of [`Alert when a person is seen ${words}`, `Alert when a person is seen ${words}.`])
      expect({ ...readRule(text), hours: hoursOf(text) }).toMatchObject({
        hours,
        days: [],
        rest: text.replace(` ${words}`, ''),
        unread: [],
      })
    expect(hoursOf(words.toUpperCase())).toBe(hours)
  })
})

describe('hours are read beside words that elsewhere say when not to ring', () => {
  it.each([
    ['people at the bus stop between 7am and 9am', '07:00-09:00'],
    ['a car at the stop sign after 10pm', NIGHT],
    ['a person with no helmet between 9am and 5pm', '09:00-17:00'],
    ['a car with no lights at night', NIGHT],
    ['a car in the no parking zone between 9am and 5pm', '09:00-17:00'],
    ['the garage door is not closed after 10pm', NIGHT],
    ['someone at the closed gate between 10pm and 6am', NIGHT],
    ['people who hold a package between 9am and 5pm', '09:00-17:00'],
    ['a person after 10pm no matter what', NIGHT],
  ])('%s: %s', (text, hours) => {
    expect([hoursOf(text), readRule(text).unread]).toEqual([hours, []])
  })
})

describe('days are read', () => {
  it.each<[string, Day[], string?]>([
    ['on weekdays', WEEK],
    ['weekdays', WEEK],
    ['every weekday', WEEK],
    ['at the weekend', ['sat', 'sun']],
    ['on weekends', ['sat', 'sun']],
    ['over the weekend', ['sat', 'sun']],
    ['on Monday', ['mon']],
    ['on Mondays', ['mon']],
    ['Mondays', ['mon']],
    ['every Friday', ['fri']],
    ['every Fri', ['fri']],
    ['Monday to Friday', WEEK],
    ['from Monday to Friday', WEEK],
    ['between Monday and Friday', WEEK],
    ['Mon-Fri', WEEK],
    ['Mon–Fri', WEEK],
    ['Tues thru Thurs', ['tue', 'wed', 'thu']],
    ['Fri to Mon', ['mon', 'fri', 'sat', 'sun']],
    ['Saturday and Sunday', ['sat', 'sun']],
    ['on Saturdays and Sundays', ['sat', 'sun']],
    ['on Mondays, Wednesdays, and Fridays', ['mon', 'wed', 'fri']],
    ['Mon, Wed & Fri', ['mon', 'wed', 'fri']],
    ['Sat/Sun', ['sat', 'sun']],
    ['Mon-Wed and Fri', ['mon', 'tue', 'wed', 'fri']],
    ['on weekdays and Saturdays', [...WEEK, 'sat']],
    ['on weekdays or weekends', []],
    ['Monday to Sunday', []],
    ['every day', []],
    ['on weekdays after 10pm', WEEK, NIGHT],
    ['after 10pm on weekdays', WEEK, NIGHT],
    ['on weekdays, after 10pm', WEEK, NIGHT],
    ['on weekdays between 10pm and 6am', WEEK, NIGHT],
    ['Mon-Fri 9am-5pm', WEEK, '09:00-17:00'],
    ['9am to 5pm, Monday to Friday', WEEK, '09:00-17:00'],
    ['from 9am to 5pm on Monday', ['mon'], '09:00-17:00'],
    ['on Monday 9am to 5pm', ['mon'], '09:00-17:00'],
    ['on Friday night', ['fri'], NIGHT],
    ['Friday and Saturday nights', ['fri', 'sat'], NIGHT],
    ['weekend mornings', ['sat', 'sun'], '06:00-12:00'],
    ['all day on Sundays', ['sun'], ''],
  ])('%s: %j', (words, days, hours = '') => {
    const text = `Alert when a person is seen ${words}`
    expect({ ...readRule(text), hours: hoursOf(text) }).toMatchObject({
      hours,
      days,
      rest: 'Alert when a person is seen',
      unread: [],
    })
  })
})

describe('what is left for the model', () => {
  it.each([
    ['Alert when motion detected after 10pm', 'Alert when motion detected'],
    ['After 10pm, alert when a person is seen', 'alert when a person is seen'],
    ['Between 10pm and 6am: person in the yard!', 'person in the yard!'],
    ['Alert after 10pm when a person is seen', 'Alert when a person is seen'],
    [
      'On weekdays alert when a dog or a cat is in the kitchen after 10pm',
      'alert when a dog or a cat is in the kitchen',
    ],
    ['A person (after 10pm) in the yard', 'A person in the yard'],
    ['Someone is at the door and after 10pm', 'Someone is at the door'],
    ['someone outside after 10pm', 'someone outside'],
    ['Nobody wears a helmet between 7am and 5pm', 'Nobody wears a helmet'],
    ['after 10pm by the door', 'by the door'],
    ['  At night  ', 'At night'],
    ['Nights, a fox', 'a fox'],
    ['A fox, mornings and evenings', 'A fox'],
    ['A fox (at night only)', 'A fox'],
    ['At night only when a fox is seen', 'when a fox is seen'],
    ['When it’s after 11pm and a fox is seen', 'When it’s after 11pm and a fox is seen'],
    ['A fox 🦊 at night', 'A fox 🦊'],
    ['Alert me after 11pm', 'Alert me after 11pm'],
    ['🦊 at night', '🦊 at night'],
  ])('%s: %s', (text, rest) => {
    expect(readRule(text)).toMatchObject({ rest, unread: [] })
  })
})

describe('nothing is read where nothing is said of time, and all is left as it is', () => {
  it.each([
    'A person at the front door',
    'The cat sat on the sofa',
    'Somebody in the sun',
    'A person puts on sun glasses',
    'between 2 and 4 people',
    'from 3 to 5 cats in the yard',
    'more than 10 cars after 2 trucks',
    'After 5 minutes the car is still there',
    'I am at home and the door is open',
    'A car that was here before',
    'Nothing but a 16:9 picture',
    'It may march on',
    'Temperature above 22.50',
    '',
    '   ',
    '🦊',
    // Other languages.
    'Sag mir, wenn am Tor jemand ist',
    'Mon chat est sur le canapé',
    'Quand on tue une poule',
    'Un perro en el jardín, a las tres o más',
    'En kat sat på sofaen',
    'Alarm när någon är på tomten på natten',
    '当有人在门口时提醒我',
    'Сообщи, если кто-то у двери',
    'تنبيه عند وجود شخص',
  ])('%s', (text) => {
    expect(readRule(text)).toMatchObject({ hours: [], days: [], rest: text.trim(), unread: [] })
  })
})

describe('what could not be read leaves the whole sentence, at any hour', () => {
  it.each([
    // The sun, a household, a calendar.
    ['Alert after dusk', ['dusk']],
    ['A person after dark', ['after dark']],
    ['from 10pm to dawn', ['from 10pm', 'dawn']],
    ['during working hours', ['working hours']],
    ['outside office hours', ['office hours']],
    ['since noon', ['since noon']],
    ['until 31 December', ['until 31 December']],
    ['after 10pm until 31 December', ['after 10pm until 31 December']],
    ['from 10pm to whenever I wake', ['from 10pm']],
    ['on 3 May', ['3 May']],
    ['in March', ['in March']],
    ['tonight', ['tonight']],
    ['on holidays', ['holidays']],
    ['on school nights', ['nights']],
    ['from Friday 6pm to Monday 6am', ['from Friday 6pm', 'Monday 6am']],
    ['from dusk till dawn', ['dusk till dawn']],
    ['every other Monday', ['every other Monday']],
    ['on the first Monday', ['Monday']],
    ['on alternate Mondays', ['Mondays']],
    ['next Friday', ['Friday']],
    ['on Friday 13 March', ['on Friday 13 March']],
    // A moment, and half a time.
    ['at 10pm', ['10pm']],
    ['around 22:00', ['22:00']],
    ['after 10', ['after 10']],
    ['after 10:30', ['after 10:30']],
    ['after 10 o’clock', ['after 10 o’clock']],
    ['from 9 to 5', ['from 9 to 5']],
    ['from 9:00 to 5:00', ['from 9:00 to 5:00']],
    ['before midnight', ['before midnight']],
    ['until 6am', ['until 6am']],
    ['between 10pm and 10pm', ['between 10pm and 10pm']],
    ['after 10pm UTC', ['10pm']],
    ['after 13pm', ['13pm']],
    ['after 25:00', ['25:00']],
    ['after 22h', ['22h']],
    ['late at night', ['at night']],
    ['in the early morning', ['morning']],
    ['at half past ten', ['half past']],
    // A name, or a day.
    ['my dog Friday', ['Friday']],
    ['the Sunday paper', ['Sunday']],
    ['this Friday', ['Friday']],
    ['on Sat', ['on Sat']],
    // Exceptions and examples.
    ['except on Sundays', ['on Sundays']],
    ['not after 10pm', ['after 10pm']],
    ['outside 9am to 5pm', ['9am to 5pm']],
    ['Don’t alert after 10pm', ['after 10pm']],
    ['Never tell me after 10pm', ['after 10pm']],
    ['Ignore cats after 10pm', ['after 10pm']],
    ['a person, even after 10pm', ['after 10pm']],
    ['a person, especially at night', ['at night']],
    ['at night too', ['at night']],
    ['outside of 9am to 5pm', ['9am to 5pm']],
    ['outside the hours of 9am to 5pm', ['9am to 5pm']],
    ['outside of weekdays', ['weekdays']],
    ['a person outside of 8am-6pm on weekdays', ['8am-6pm', 'on weekdays']],
    ['a person, skip 9am-5pm', ['9am-5pm']],
    ['a person, skip Sundays', ['Sundays']],
    ['a person, pause from 9am to 5pm', ['from 9am to 5pm']],
    ['a person, snooze from 9am to 5pm', ['from 9am to 5pm']],
    ['a person, off between 9am and 5pm', ['between 9am and 5pm']],
    ['a person, quiet between 9am and 5pm', ['between 9am and 5pm']],
    ['a person save for Sundays', ['Sundays']],
    ['a person minus Sundays', ['Sundays']],
    ['dogs, weekends off', ['weekends']],
    ['dogs, weekends excluded', ['weekends']],
    ['people at night and dogs', ['at night']],
    ['people at night, dogs', ['at night']],
    ['Person in the morning and dog', ['in the morning']],
    ['a sign that says "after 10pm"', ['after 10pm']],
    // More than one thing.
    ['at night or on weekends', ['at night', 'on weekends']],
    ['at night and on weekends', ['at night', 'on weekends']],
    ['at night after 11pm', ['at night', 'after 11pm']],
    ['a person on weekdays or a dog at night', ['on weekdays', 'at night']],
    ['a person after 10pm and a dog before 6am', ['after 10pm', 'before 6am']],
    ['a person after 10pm or a dog', ['after 10pm']],
    ['a person after 10pm, dog at any time', ['after 10pm', 'at any time']],
    ['a person or after 10pm', ['after 10pm']],
    ['a dog at night and when a person comes', ['at night']],
    ['weekdays 9am to 5pm and Saturdays 10am to 2pm', ['weekdays', '9am to 5pm', 'Saturdays', '10am to 2pm']],
    ['after 8am or before 5pm', ['after 8am or before 5pm']],
    ['Alert on dogs. Alert on people after 10pm', ['after 10pm']],
    // It may be until the evening or all night.
    ['a person between 10 and 6 at night', ['between 10 and 6 at night']],
    ['from 9 to 6 at night', ['from 9 to 6 at night']],
    ['from 10pm to 6 at night', ['from 10pm to 6 at night']],
    ['10:30 to 6:30 at night', ['10:30 to 6:30 at night']],
    // The times of silence.
    ['a person at the door, no alarms at night', ['at night']],
    ['a person at the door, no ringing at night', ['at night']],
    ['a person at the door and no pushes after 10pm', ['after 10pm']],
    ['a person at the door, nothing after 10pm', ['after 10pm']],
    ['a person at the door, stop after 10pm', ['after 10pm']],
    ['a person at the door, hold alerts after 10pm', ['after 10pm']],
    ['a person at the door, block notifications at night', ['at night']],
    ['a person at the door, cancel alerts between 10pm and 6am', ['between 10pm and 6am']],
    ['a person at the door, drop alerts between 10pm and 6am', ['between 10pm and 6am']],
    ['a person at the door, closed on Sundays', ['on Sundays']],
    // Other languages.
    ['Nach 22 Uhr', ['22 Uhr']],
    ['zwischen 22:00 und 6:00', ['22:00', '6:00']],
    ['après 22h30', ['22h']],
    ['a las 10 pm', ['10 pm']],
  ])('%s: %j', (text, unread) => {
    expect(readRule(text)).toMatchObject({ hours: [], days: [], rest: text })
    expect(readRule(text).unread.map((words) => words.replace(/\s+/g, ' '))).toEqual(unread)
  })
})

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...'after before between and or to from 10pm 6am 22:00 9 noon at night on weekdays Mon Fri , . - not every day 10 pm ( " \n'.split(
      ' ',
    ),
    'on weekdays',
    'at night',
  )
  const texts = fc.oneof(
    fc.array(pieces).map((words) => words.join(' ')),
    fc.string({ unit: 'binary', maxLength: 240 }),
  )

  it('is read to something that holds together, and the same again', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const reading = readRule(text)
        expect(readRule(text)).toEqual(reading)
        for (const { from, to } of reading.hours) {
          expect([from, to]).toEqual([
            expect.stringMatching(/^([01]\d|2[0-3]):[0-5]\d$/),
            expect.stringMatching(/^([01]\d|2[0-3]):[0-5]\d$/),
          ])
          expect(from).not.toBe(to)
        }
        expect(reading.days).toEqual(DAYS.filter((day) => reading.days.includes(day)))
        if (reading.unread.length > 0)
          expect(reading).toMatchObject({ hours: [], days: [], rest: text.trim() })
        for (const words of reading.unread) expect(text).toContain(words)
        if (text.trim()) expect(reading.rest).not.toBe('')
      }),
      { seed: inject('seed'), numRuns: 2_000 },
    )
  })

  it.each([
    '9 ',
    'after ',
    'sat, ',
    'mon-',
    'on ',
    '10pm ',
    'nights and ',
    'a.',
    '1:',
    "a'",
    '-',
    ' ',
    '(',
    'every ',
  ])('of many %j takes time that grows with its length', (piece) => {
    const timeOf = (length: number) => {
      const text = piece.repeat(length / piece.length)
      const from = performance.now()
      readRule(text)
      return performance.now() - from
    }
    timeOf(240)
    expect(timeOf(24_000)).toBeLessThan(2_000)
  })
})
