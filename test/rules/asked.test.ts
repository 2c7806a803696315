import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { readBack } from '../../src/rules/read-back.ts'
import { readRule } from '../../src/rules/reading.ts'
import { tokensOf } from '../../src/rules/words/tokens.ts'
import everyday from './everyday.json'
import sentences from './sentences.json'
import setAside from './set-aside.json'

/** Fields that are not given are empty; `rest` defaults to the text. */
type Sentence = {
  text: string
  hours?: string[]
  days?: string[]
  rest?: string
  unread?: string[]
  objects?: Record<string, number>
  together?: boolean
  motion?: boolean
  beyond?: string[]
}
const LISTS: [string, Sentence[]][] = [
  ['fifty sentences', sentences as Sentence[]],
  ['fifty more, set aside until the code was there', setAside as Sentence[]],
  ['thirty everyday rules', everyday as Sentence[]],
]
const TEXTS = LISTS.flatMap(([, list]) => list.map(({ text }) => text))

/**
 * All expectations were written before the code. On the first run 47 of the fifty, 46 of those set aside and 25 of the everyday rules
 * were read as expected. Two expectations were wrong and have changed since: that `at the till` does not mean a time, and that
 * `around Mon` means on Mondays. Both are left to the judge, as before.
 */
describe.each(LISTS)('of %s', (_, list) => {
  it.each(list.map((sentence) => [sentence.text, sentence] as const))('%s', (text, sentence) => {
    const { hours = [], objects = {}, ...others } = sentence
    expect({ text, ...readRule(text) }).toEqual({
      days: [],
      rest: text,
      unread: [],
      together: false,
      motion: false,
      beyond: [],
      ...others,
      hours: hours.map((window) => ({ from: window.slice(0, 5), to: window.slice(6) })),
      objects: Object.entries(objects).map(([label, at_least]) => ({ label, at_least })),
    })
  })
})

/** A short form, for example `2 dog and cat`, `dog or cat`, `motion`. */
function saidOf(text: string) {
  const { objects, together, motion } = readRule(text)
  const things = objects.map(({ label, at_least }) => (at_least > 1 ? `${at_least} ${label}` : label))
  return motion ? 'motion' : things.join(together ? ' and ' : ' or ')
}

describe('things are counted and joined', () => {
  it.each([
    ['2+ people', '2 person'],
    ['two or more cats', '2 cat'],
    ['at least one dog', 'dog'],
    ['multiple cars', '2 car'],
    ['Cats, dogs', 'cat or dog'],
    ['cat/dog', 'cat or dog'],
    ['cat + dog', 'cat and dog'],
    ['people and dogs', 'person or dog'],
    ['people with dogs', 'person and dog'],
    ['a dog with a person and a cat', 'dog and person and cat'],
    ['two people or a dog', '2 person or dog'],
    ['Alert on dogs. Alert on cats.', 'dog or cat'],
    ['Alert me if there is a dog. Or a cat', 'dog or cat'],
    ['alert me about people and tell me about cars', 'person or car'],
    ['Alert me when a person is there and when a car comes', 'person or car'],
    ['If a fire hydrant or a stop sign is in view, please let me know.', 'fire hydrant or stop sign'],
    ['someone’s here', 'person'],
    ['hot dog', 'hot dog'],
    ['buses and trucks', 'bus or truck'],
    ['Motion or a person', 'motion'],
    ['motion and a person', 'person'],
    ['At night', 'motion'],
  ])('%s: %s', (text, said) => {
    expect([saidOf(text), readRule(text).beyond]).toEqual([said, []])
  })
})

describe('what has to be there all the same stands beside what nobody knows', () => {
  it.each([
    ['a man and a woman', '2 person', ['man and a woman']],
    ['2 or 3 people', '2 person', ['2 or 3']],
    ['> 2 people', '2 person', ['>']],
    ['At least two cars or trucks', 'car or truck', ['At least two']],
    ['more than two dogs or cats', 'dog or cat', ['more than two']],
    ['3 or more people or cars', 'person or car', ['3 or more']],
    ['Two cats, dogs', 'cat or dog', ['Two']],
    ['two vehicles', 'car or motorcycle or bus or truck', ['two']],
    ['a person in the yard or a dog', 'person or dog', ['in the yard']],
    ['a person in the yard or driveway', 'person', ['in the yard or driveway']],
    ['a dog in a car', 'dog', ['in a car']],
    ['a dog near the car and truck', 'dog', ['near the car and truck']],
    ['a person with a red umbrella', 'person and umbrella', ['red']],
    ['a person watching tv', 'person', ['watching tv']],
    ['a dog that is not on the sofa', 'dog', ['not', 'on the sofa']],
    ['anyone but me', 'person', ['but me']],
    ['a dog 🐶', 'dog', ['🐶']],
    ['die person', 'person', ['die']],
    ['after dusk, alert me when a person is seen', 'person', ['after dusk']],
    ['a person on weekdays or a dog at night', 'person or dog', ['on weekdays', 'at night']],
    ['Alert on dogs. It is important', 'dog', ['important']],
    ['movement by the pool', 'motion', ['by the pool']],
  ])('%s: %s, %j', (text, said, beyond) => {
    expect([saidOf(text), readRule(text).beyond]).toEqual([said, beyond])
  })
})

describe('nothing has to be there where something else may be meant', () => {
  it.each([
    // Absence, and fewer than a number.
    'the bike was removed',
    'the car is absent',
    'the dog escaped',
    'anything other than cats',
    'Alert when no person is there',
    'The dog is not on the sofa',
    "the car isn't there",
    'the dog never sleeps',
    'zero people',
    '<2 people',
    'up to two people',
    'no more than 2 people',
    'people who left',
    'neither a cat nor a dog',
    'Don’t alert me for dogs',
    // One of several ways to say it.
    'a fox or a dog',
    'a dog or a fox',
    'a cat, a parcel or a dog',
    'a person running or a parcel',
    'a person or nobody',
    '🦊 or a dog',
    'a person and a cat or a dog',
    'cats, dogs, foxes',
    'cats, dogs and foxes',
    'people and parcels',
    'a person, a parcel',
    'Alert me if there is a cat. Or a fox',
    // Ambiguous: a condition or another thing, a thing or an addressee.
    'When a person is there, tell me if there is a dog',
    'If there is a person in view, alert me when a car appears',
    'Alert me if a dog appears, whenever a person is there',
    'Alert me when a dog comes, if there is a person',
    'When there are 3 people, tell me if there is a knife',
    'Let someone know when a car comes',
    'Anyone please tell me when a dog is here',
    'Alert my phone when a person comes',
    'Notify on tv when a person comes',
    'tell people when a dog comes',
    // Something else of that name.
    'cat food',
    'car door open',
    'dog-sized animal',
    'the cats’ toys',
    'toy car',
    'picture of a cat',
    'a sign that says "person"',
    'train station',
    'an orange bag',
    'a mouse',
    "somebody's keys",
    // Other languages, and false friends.
    'Der Mann hat ein Auto',
    'man hat keine Zeit für den Bus',
    'Person nicht da',
    'Hund',
    'Hay un bus y son las 10',
    'once perros',
    'nadie en el bus',
    'persona con gorra roja',
    'Person fehlt',
    'Person weg',
    'Pas de train',
    '有人在门口',
  ])('%s', (text) => {
    expect(saidOf(text)).toBe('')
    expect(readRule(text).beyond).not.toEqual([])
  })

  it.each([
    'Person mit Hut 22:00–6:00',
    'Melde Personen und Hunde after 10pm',
    'una persona 22:00-06:00',
    'Person außer 22:00-06:00',
    'persona excepto 22:00-06:00',
    'Bus sauf 22:00-06:00',
  ])('and no hours are read: %s', (text) => {
    const { unread, ...reading } = readRule(text)
    expect(unread).not.toEqual([])
    const nothing = { objects: [], together: false, motion: false }
    expect(reading).toEqual({ hours: [], days: [], rest: text, ...nothing, beyond: [text] })
  })
})

const LABELS = `
  person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,bird,cat,dog,
  horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,
  baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,
  orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,
  cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush`
  .trim()
  .split(/,\s*/)

it('knows each of the eighty things by its name, but for those whose name mostly means something else', () => {
  const unknown = LABELS.filter((label) => saidOf(`Alert me when a ${label} is seen`) !== label)
  expect([LABELS.length, unknown]).toEqual([80, ['tie', 'orange', 'mouse', 'remote']])
})

describe('any text', () => {
  const words = TEXTS.flatMap((text) => tokensOf(text).map(({ from, to }) => text.slice(from, to)))
  const joints = 'a the cat cats two , . and or with in no not who when alert me 10pm after / - \n'.split(' ')
  const rowsOf = (words: string[]) =>
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((row) => row.join(' '))
  const texts = fc.oneof(
    fc.constantFrom(...TEXTS),
    rowsOf(words),
    rowsOf(joints),
    fc.string({ unit: 'binary', maxLength: 240 }),
  )

  it('is read to things that are known and words that are there, and its rest to the same', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { objects, together, motion, beyond, rest } = readRule(text)
        const labels = objects.map(({ label }) => label)
        expect(labels.filter((label) => !LABELS.includes(label))).toEqual([])
        expect(new Set(labels).size).toBe(labels.length)
        for (const { at_least } of objects) expect(at_least).toBeGreaterThanOrEqual(1)
        if (together) expect(objects.length).toBeGreaterThan(1)
        if (motion) expect(objects).toEqual([])
        const said = new Set(tokensOf(text).map(({ word }) => word))
        for (const piece of beyond) {
          expect(rest).toContain(piece)
          expect(tokensOf(piece).filter(({ word }) => !said.has(word))).toEqual([])
        }
        expect(readRule(rest)).toMatchObject({ objects, together, motion, beyond })
        expect(readBack(readRule(text))).toMatch(/^Scout reads this as: ./)
      }),
      { seed: inject('seed'), numRuns: 2_000 },
    )
  })

  it('is never answered by one thing alone where a clause asks for another too', () => {
    for (const text of TEXTS) {
      const one = readRule(text)
      if (one.beyond.length > 0 || one.motion || one.objects.some(({ label }) => label === 'zebra')) continue
      const { objects, together, beyond } = readRule(`${text.replace(/[.!?]+$/, '')}, if there is a zebra`)
      if (beyond.length === 0) expect([text, objects.length === 1 || together]).toEqual([text, true])
    }
  })

  it('has a rest that is read to the same, in each sentence that people write', () => {
    for (const text of [...TEXTS, '\n a me after 10pm cat me']) {
      const { objects, together, motion, beyond, rest } = readRule(text)
      expect(readRule(rest)).toMatchObject({ objects, together, motion, beyond })
    }
  })

  it.each([
    'a cat ',
    'cat',
    'a cat or ',
    'a cat and ',
    'with ',
    'a cat with ',
    'in ',
    'two ',
    'no ',
    ', ',
    '. alert a cat ',
    'x or ',
  ])('of many %j takes time that grows with its length', (piece) => {
    const from = performance.now()
    readRule(piece.repeat(240 / piece.length))
    const short = performance.now()
    readRule(piece.repeat(2_400 / piece.length))
    expect(short - from).toBeLessThan(100)
    expect(performance.now() - short).toBeLessThan(1_000)
  })
})

describe('a reading is said in a sentence', () => {
  it.each([
    [
      'A cat or a dog on the sofa after 10pm, Mon-Fri',
      'Scout reads this as: cat or dog, 22:00–06:00, Mon–Fri. Only a vision model can tell: on the sofa.',
    ],
    [
      'two people and a red car on Saturday and Sunday',
      'Scout reads this as: person (2+) and car, Sat, Sun. Only a vision model can tell: red.',
    ],
    ['Alert when motion detected', 'Scout reads this as: anything that moves.'],
    ['A fox', 'Scout reads this as: nothing. Only a vision model can tell: fox.'],
    [
      'a dog after dusk',
      'Scout reads this as: dog. Only a vision model can tell: after dusk. At any hour, since this was not read: dusk.',
    ],
  ])('%s', (text, said) => {
    expect(readBack(readRule(text))).toBe(said)
  })
})
