import { describe, expect, it } from 'vitest'
import { readRule } from '../../src/rules/reading.ts'
import everyday from './everyday.json'
import sentences from './sentences.json'

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

function expected({
  text,
  hours = [],
  days = [],
  rest = text,
  unread = [],
  objects = {},
  together = false,
  motion = false,
  beyond = [],
}: Sentence) {
  return {
    hours: hours.map((window) => ({ from: window.slice(0, 5), to: window.slice(6) })),
    days,
    rest,
    unread,
    objects: Object.entries(objects).map(([label, at_least]) => ({ label, at_least })),
    together,
    motion,
    beyond,
  }
}

describe.each<[string, Sentence[]]>([
  ['sentences', sentences as Sentence[]],
  ['everyday', everyday as Sentence[]],
])('%s', (_, list) => {
  it.each(list.map((sentence) => [sentence.text, sentence] as const))('%s', (text, sentence) => {
    expect(readRule(text)).toEqual(expected(sentence))
  })
})
