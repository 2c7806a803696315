import { describe, expect, it } from 'vitest'
import { nicknameOf, readingInWords } from '../../clients/phone/src/screens/reading.ts'
import { readRule } from '../../src/rules/reading.ts'

/** The app's description of how the service reads some words. */
const said = (words: string, locale = 'en-GB') => readingInWords(readRule(words), locale)
const NOTHING = { looksFor: '', when: 'at any time', beyond: '', unread: '' }

describe('a reading in words', () => {
  it.each([
    ['Alert when motion detected after 10pm', { looksFor: 'anything that moves', when: '22:00 to 6:00' }],
    ['a cat or a dog', { looksFor: 'a cat or a dog' }],
    ['cats, dogs and birds', { looksFor: 'a cat, a dog or a bird' }],
    ['a dog and an umbrella', { looksFor: 'a dog and an umbrella' }],
    ['two people', { looksFor: '2 or more people' }],
    ['at least 3 buses', { looksFor: '3 or more buses' }],
    ['two sheep', { looksFor: '2 or more sheep' }],
    ['a person on weekdays', { looksFor: 'a person', when: 'Monday to Friday' }],
    ['a person at the weekend', { looksFor: 'a person', when: 'Saturday and Sunday' }],
    ['a person on Mondays', { looksFor: 'a person', when: 'Monday' }],
    ['a person every day', { looksFor: 'a person' }],
    [
      'a car on Mon-Wed from 8am to midnight',
      { looksFor: 'a car', when: 'Monday to Wednesday, 8:00 to midnight' },
    ],
    [
      'a car between 6am and 8am and between 5pm and 7pm',
      { looksFor: 'a car', when: '6:00 to 8:00 and 17:00 to 19:00' },
    ],
    ['a person on the red sofa', { looksFor: 'a person', beyond: '“on the red sofa”' }],
    ['a parcel', { beyond: '“parcel”' }],
    ['a person with a red hat', { looksFor: 'a person', beyond: '“with a red hat”' }],
    ['a person after dark', { looksFor: 'a person', unread: '“after dark”' }],
    ['', {}],
  ])('says of “%s” what it is read as', (words, parts) => {
    expect(said(words)).toEqual({ ...NOTHING, ...parts })
  })

  it('writes hours as the reader does', () => {
    expect(said('a person after 10pm', 'en-US').when).toBe('10:00 PM to 6:00 AM')
  })
})

describe('the name that is proposed', () => {
  it.each([
    ['a parcel left at the door', 'Parcel left at the door'],
    ['Tell me when you see a parcel', 'Parcel'],
    ['Alert when motion detected after 10pm', 'Motion detected after 10pm'],
    ['Please let me know if there is a dog on the lawn.', 'Dog on the lawn'],
    ['When the cat is on the counter, tell me', 'Cat is on the counter, tell me'],
    ['somebody! At the door.', 'Somebody'],
    ['two dogs on weekdays between 8 and 17, on the sofa', 'Two dogs on weekdays between 8 and 17'],
    ['a raccoon or another wild animal at the bins', 'Raccoon or another wild animal'],
    ['x'.repeat(60), 'X'.padEnd(40, 'x')],
    ['alert me', 'Alert me'],
    ['the', 'The'],
    ['  ', ''],
  ])('of “%s” is “%s”', (words, name) => {
    expect(nicknameOf(words)).toBe(name)
  })
})
